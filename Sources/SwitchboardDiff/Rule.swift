/// A kind of change between two versions of a spec.
///
/// The raw value is the name of the rule in reports and on the command line. `switchboard diff --rules` and `Docs/Diff.md` list
/// the rules with their summaries.
package enum Rule: String, CaseIterable, Sendable {
    // MARK: Protocol

    /// The name of the protocol changes.
    case protocolRenamed = "protocol-renamed"
    /// The namespace of the generated source changes.
    case namespaceChanged = "namespace-changed"
    /// The generated source is visible to less code.
    case accessLowered = "access-lowered"
    /// The generated source is visible to more code.
    case accessRaised = "access-raised"
    /// `version` rises, and frames stay the same.
    case versionRaised = "version-raised"
    /// `version` falls, or is gone.
    case versionLowered = "version-lowered"
    /// The version in the header changes.
    case wireVersionChanged = "wire-version-changed"
    /// The byte order of the protocol changes.
    case byteOrderChanged = "byte-order-changed"
    /// Receivers skip bytes after the last field.
    case trailingIgnored = "trailing-ignored"
    /// Receivers reject bytes after the last field.
    case trailingRejected = "trailing-rejected"
    /// Another message reports faults.
    case errorMessageChanged = "error-message-changed"
    /// An idle client sends another request, or none.
    case heartbeatChanged = "heartbeat-changed"
    /// The spec imports other specs.
    case importsChanged = "imports-changed"
    /// A code or a name is no longer reserved.
    case reservationRemoved = "reservation-removed"
    /// A `doc` changes.
    case documentationChanged = "documentation-changed"
    /// `examples` or `malformed` of a message change.
    case examplesChanged = "examples-changed"

    // MARK: Frame

    /// The delimiters or escapes around frames change.
    case framingChanged = "framing-changed"
    /// `truncate` changes.
    case truncationChanged = "truncation-changed"
    /// Another end starts with frames of a form.
    case startsChanged = "starts-changed"
    /// `codes` changes, and the codes of messages stay the same.
    case codesChanged = "codes-changed"
    /// The header has a new item.
    case headerItemAdded = "header-item-added"
    /// The header lacks an item.
    case headerItemRemoved = "header-item-removed"
    /// An item of the header has another meaning.
    case headerRoleChanged = "header-role-changed"
    /// A `magic` has other bytes.
    case magicChanged = "magic-changed"
    /// The length in the header covers other bytes.
    case lengthCoverageChanged = "length-coverage-changed"
    /// A checksum has another algorithm, coverage or byte order.
    case checksumChanged = "checksum-changed"
    /// The trailer has other items.
    case trailerChanged = "trailer-changed"
    /// Payloads must be smaller.
    case payloadLimitLowered = "payload-limit-lowered"
    /// Payloads may be larger.
    case payloadLimitRaised = "payload-limit-raised"

    // MARK: Messages

    /// Clients may send a new message.
    case messageAdded = "message-added"
    /// The server may send a new message.
    case messageAddedByServer = "message-added-by-server"
    /// A message is new, and old receivers cannot skip it.
    case messageAddedUnskippable = "message-added-unskippable"
    /// A message is removed.
    case messageRemoved = "message-removed"
    /// A message has another name, and the same code and fields.
    case messageRenamed = "message-renamed"
    /// A message has another code.
    case codeChanged = "code-changed"
    /// A new message has the code of one that is removed.
    case codeReused = "code-reused"
    /// A message is sent in frames of another form.
    case formChanged = "form-changed"
    /// A message has another `checksum-seed`.
    case checksumSeedChanged = "checksum-seed-changed"
    /// A message may come from the other end, too.
    case senderAdded = "sender-added"
    /// A message may no longer come from one end.
    case senderRemoved = "sender-removed"
    /// A request has another reply, gets one, or loses it.
    case replyChanged = "reply-changed"
    /// Other frames follow a message.
    case thenChanged = "then-changed"
    /// A message requires something else of its sender.
    case requirementChanged = "requirement-changed"
    /// A message or a field becomes deprecated.
    case deprecationAdded = "deprecation-added"
    /// A message or a field is no longer deprecated.
    case deprecationRemoved = "deprecation-removed"
    /// A `since` names another version.
    case sinceChanged = "since-changed"

    // MARK: Fields

    /// A field is new at the end: old peers skip it, and new peers have a default.
    case fieldAdded = "field-added"
    /// A field is new, and old receivers reject it.
    case fieldAddedUnread = "field-added-unread"
    /// A field is new at the end, and old senders do not send it.
    case fieldAddedRequired = "field-added-required"
    /// A field is new between others, or in a struct or a case.
    case fieldInserted = "field-inserted"
    /// The last field is removed: old peers have a default, and new peers skip it.
    case fieldDropped = "field-dropped"
    /// A field is removed.
    case fieldRemoved = "field-removed"
    /// A field has another place.
    case fieldMoved = "field-moved"
    /// A field has another name, and the same form.
    case fieldRenamed = "field-renamed"
    /// A field uses reserved bytes or bits: old peers send zeros, and skip it.
    case reservedUsed = "reserved-used"
    /// A field uses reserved bytes or bits, and does not allow 0.
    case reservedUsedWithoutZero = "reserved-used-without-zero"
    /// Reserved bytes or bits replace a field.
    case fieldReserved = "field-reserved"
    /// Reserved bytes or bits replace a field that did not allow 0.
    case fieldReservedWithoutZero = "field-reserved-without-zero"
    /// A field has another type.
    case fieldTypeChanged = "field-type-changed"
    /// A field has another type with the same form.
    case swiftTypeChanged = "swift-type-changed"
    /// A text has another encoding.
    case encodingChanged = "encoding-changed"
    /// A field has another byte order.
    case fieldByteOrderChanged = "field-byte-order-changed"
    /// A field has another order of bits.
    case bitOrderChanged = "bit-order-changed"
    /// The length or count before a value has another type.
    case lengthTypeChanged = "length-type-changed"
    /// A value ends elsewhere.
    case lengthChanged = "length-changed"
    /// A value becomes optional, or no longer is.
    case optionalityChanged = "optionality-changed"
    /// A field becomes `optional`: new senders may leave it out.
    case fieldMadeOptional = "field-made-optional"
    /// A field is no longer `optional`: old senders may leave it out.
    case fieldMadeRequired = "field-made-required"
    /// A field that was always there gets a `since`.
    case sinceAdded = "since-added"
    /// A field loses its `since`: peers without the field are rejected.
    case sinceRemoved = "since-removed"
    /// A `when` is new, removed or different.
    case conditionChanged = "condition-changed"
    /// The tag of a union is elsewhere.
    case tagChanged = "tag-changed"
    /// `covers` of a field changes.
    case coverageChanged = "coverage-changed"
    /// `align` of a field or a type changes.
    case alignmentChanged = "alignment-changed"
    /// A field becomes the length, count or tag of others, or no longer is.
    case derivationChanged = "derivation-changed"
    /// A boolean or a bit follows from the presence of others, or no longer does.
    case presenceDerived = "presence-derived"
    /// A field gets a default.
    case defaultAdded = "default-added"
    /// A field loses its default.
    case defaultRemoved = "default-removed"
    /// A field has another default.
    case defaultChanged = "default-changed"
    /// A lower bound rises.
    case minimumRaised = "minimum-raised"
    /// A lower bound falls.
    case minimumLowered = "minimum-lowered"
    /// An upper bound falls.
    case maximumLowered = "maximum-lowered"
    /// An upper bound rises.
    case maximumRaised = "maximum-raised"
    /// A field gets `equals`.
    case constantAdded = "constant-added"
    /// A field loses `equals`.
    case constantRemoved = "constant-removed"
    /// `equals` has another value.
    case constantChanged = "constant-changed"
    /// A field becomes `secret`.
    case secretAdded = "secret-added"
    /// A field is no longer `secret`: logs show it.
    case secretRemoved = "secret-removed"
    /// A field carries another value of a trace, gets `trace`, or loses it.
    case traceChanged = "trace-changed"
    /// A number gets `unit`, `scale` or `time`.
    case unitAdded = "unit-added"
    /// A number has another `unit`, `scale` or `time`.
    case unitChanged = "unit-changed"

    // MARK: Types

    /// A type is new.
    case typeAdded = "type-added"
    /// A type is removed.
    case typeRemoved = "type-removed"
    /// A type has another name.
    case typeRenamed = "type-renamed"
    /// A name belongs to a type of another kind.
    case typeKindChanged = "type-kind-changed"
    /// The numbers of an enum have another type.
    case enumTypeChanged = "enum-type-changed"
    /// An open enum has a new case: old peers see a number without a name.
    case enumCaseAdded = "enum-case-added"
    /// A closed enum has a new case, which old receivers reject.
    case enumCaseAddedClosed = "enum-case-added-closed"
    /// An open enum lacks a case: new peers see a number without a name.
    case enumCaseRemoved = "enum-case-removed"
    /// A closed enum lacks a case, which old senders send.
    case enumCaseRemovedClosed = "enum-case-removed-closed"
    /// A case has another name, and the same number.
    case enumCaseRenamed = "enum-case-renamed"
    /// A case has another number.
    case enumCaseNumberChanged = "enum-case-number-changed"
    /// An enum becomes closed, and rejects numbers without a name.
    case enumClosed = "enum-closed"
    /// An enum becomes open, and old receivers reject other numbers.
    case enumOpened = "enum-opened"
    /// A case of the enum of errors is new or removed, and it is a fault.
    case faultCodeChanged = "fault-code-changed"
    /// The number of flags has another type.
    case flagsTypeChanged = "flags-type-changed"
    /// Open flags have a new bit: old peers keep it.
    case flagsBitAdded = "flags-bit-added"
    /// Closed flags have a new bit, which old receivers reject.
    case flagsBitAddedClosed = "flags-bit-added-closed"
    /// Open flags lack a bit.
    case flagsBitRemoved = "flags-bit-removed"
    /// Closed flags lack a bit, which old senders set.
    case flagsBitRemovedClosed = "flags-bit-removed-closed"
    /// A bit has another name, and the same position.
    case flagsBitRenamed = "flags-bit-renamed"
    /// A bit has another position.
    case flagsBitMoved = "flags-bit-moved"
    /// Flags become closed, and reject bits without a name.
    case flagsClosed = "flags-closed"
    /// Flags become open, and old receivers reject other bits.
    case flagsOpened = "flags-opened"
    /// The tags of a union have another type.
    case unionTagTypeChanged = "union-tag-type-changed"
    /// The `length` of a union changes.
    case unionLengthChanged = "union-length-changed"
    /// A union with `unknown: keep` has a new case: old peers keep its bytes.
    case unionCaseAdded = "union-case-added"
    /// A union has a new case, which old receivers reject.
    case unionCaseAddedClosed = "union-case-added-closed"
    /// A union with `unknown: keep` lacks a case: new peers keep its bytes.
    case unionCaseRemoved = "union-case-removed"
    /// A union lacks a case, which old senders send.
    case unionCaseRemovedClosed = "union-case-removed-closed"
    /// A case has another name, and the same tag.
    case unionCaseRenamed = "union-case-renamed"
    /// A case has another tag.
    case unionCaseTagChanged = "union-case-tag-changed"
    /// A union loses `unknown: keep`, and rejects unknown tags.
    case unionClosed = "union-closed"
    /// A union gets `unknown: keep`, and old receivers reject unknown tags.
    case unionOpened = "union-opened"
}
