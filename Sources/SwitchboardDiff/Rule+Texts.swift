extension Rule {
    /// The part of a spec that a rule is about.
    package enum Area: String, CaseIterable, Sendable {
        /// The whole protocol, and its versions.
        case protocolItself = "protocol"
        /// Header, trailer and forms of frames.
        case frame
        /// Messages, without their fields.
        case messages
        /// Fields of messages, headers, structs and cases.
        case fields
        /// Enums, flags, structs and unions.
        case types
    }

    /// What changed, in one line.
    package var summary: String {
        switch self {
        case .protocolRenamed: "the name of the protocol changes"
        case .namespaceChanged: "the namespace of the generated source changes"
        case .accessLowered: "the generated source is visible to less code"
        case .accessRaised: "the generated source is visible to more code"
        case .versionRaised: "`version` rises, and frames stay the same"
        case .versionLowered: "`version` falls, or is gone"
        case .wireVersionChanged: "the version in the header changes"
        case .byteOrderChanged: "the byte order of the protocol changes"
        case .trailingIgnored: "receivers skip bytes after the last field"
        case .trailingRejected: "receivers reject bytes after the last field"
        case .errorMessageChanged: "another message reports faults"
        case .heartbeatChanged: "an idle client sends another request, or none"
        case .importsChanged: "the spec imports other specs"
        case .reservationRemoved: "a code or a name is no longer reserved"
        case .documentationChanged: "a `doc` changes"
        case .examplesChanged: "`examples` or `malformed` of a message change"
        case .framingChanged: "the delimiters or escapes around frames change"
        case .truncationChanged: "`truncate` changes"
        case .startsChanged: "another end starts with frames of a form"
        case .codesChanged: "`codes` changes, and the codes of messages stay the same"
        case .headerItemAdded: "the header has a new item"
        case .headerItemRemoved: "the header lacks an item"
        case .headerRoleChanged: "an item of the header has another meaning"
        case .magicChanged: "a `magic` has other bytes"
        case .lengthCoverageChanged: "the length in the header covers other bytes"
        case .checksumChanged: "a checksum has another algorithm, coverage or byte order"
        case .trailerChanged: "the trailer has other items"
        case .payloadLimitLowered: "payloads must be smaller"
        case .payloadLimitRaised: "payloads may be larger"
        case .messageAdded: "clients may send a new message"
        case .messageAddedByServer: "the server may send a new message"
        case .messageAddedUnskippable: "a message is new, and old receivers cannot skip it"
        case .messageRemoved: "a message is removed"
        case .messageRenamed: "a message has another name, and the same code and fields"
        case .codeChanged: "a message has another code"
        case .codeReused: "a new message has the code of one that is removed"
        case .formChanged: "a message is sent in frames of another form"
        case .checksumSeedChanged: "a message has another `checksum-seed`"
        case .senderAdded: "a message may come from the other end, too"
        case .senderRemoved: "a message may no longer come from one end"
        case .replyChanged: "a request has another reply, gets one, or loses it"
        case .thenChanged: "other frames follow a message"
        case .requirementChanged: "a message requires something else of its sender"
        case .deprecationAdded: "a message or a field becomes deprecated"
        case .deprecationRemoved: "a message or a field is no longer deprecated"
        case .sinceChanged: "a `since` names another version"
        case .fieldAdded: "a field is new at the end: old peers skip it, and new peers have a default"
        case .fieldAddedUnread: "a field is new, and old receivers reject it"
        case .fieldAddedRequired: "a field is new at the end, and old senders do not send it"
        case .fieldInserted: "a field is new between others, or in a struct or a case"
        case .fieldDropped: "the last field is removed: old peers have a default, and new peers skip it"
        case .fieldRemoved: "a field is removed"
        case .fieldMoved: "a field has another place"
        case .fieldRenamed: "a field has another name, and the same form"
        case .reservedUsed: "a field uses reserved bytes or bits: old peers send zeros, and skip it"
        case .reservedUsedWithoutZero: "a field uses reserved bytes or bits, and does not allow 0"
        case .fieldReserved: "reserved bytes or bits replace a field"
        case .fieldReservedWithoutZero: "reserved bytes or bits replace a field that did not allow 0"
        case .fieldTypeChanged: "a field has another type"
        case .swiftTypeChanged: "a field has another type with the same form"
        case .encodingChanged: "a text has another encoding"
        case .fieldByteOrderChanged: "a field has another byte order"
        case .bitOrderChanged: "a field has another order of bits"
        case .lengthTypeChanged: "the length or count before a value has another type"
        case .lengthChanged: "a value ends elsewhere"
        case .optionalityChanged: "a value becomes optional, or no longer is"
        case .fieldMadeOptional: "a field becomes `optional`: new senders may leave it out"
        case .fieldMadeRequired: "a field is no longer `optional`: old senders may leave it out"
        case .sinceAdded: "a field that was always there gets a `since`"
        case .sinceRemoved: "a field loses its `since`: peers without the field are rejected"
        case .conditionChanged: "a `when` is new, removed or different"
        case .tagChanged: "the tag of a union is elsewhere"
        case .coverageChanged: "`covers` of a field changes"
        case .alignmentChanged: "`align` of a field or a type changes"
        case .derivationChanged: "a field becomes the length, count or tag of others, or no longer is"
        case .presenceDerived: "a boolean or a bit follows from the presence of others, or no longer does"
        case .defaultAdded: "a field gets a default"
        case .defaultRemoved: "a field loses its default"
        case .defaultChanged: "a field has another default"
        case .minimumRaised: "a lower bound rises"
        case .minimumLowered: "a lower bound falls"
        case .maximumLowered: "an upper bound falls"
        case .maximumRaised: "an upper bound rises"
        case .constantAdded: "a field gets `equals`"
        case .constantRemoved: "a field loses `equals`"
        case .constantChanged: "`equals` has another value"
        case .secretAdded: "a field becomes `secret`"
        case .secretRemoved: "a field is no longer `secret`: logs show it"
        case .traceChanged: "a field carries another value of a trace, gets `trace`, or loses it"
        case .unitAdded: "a number gets `unit`, `scale` or `time`"
        case .unitChanged: "a number has another `unit`, `scale` or `time`"
        case .typeAdded: "a type is new"
        case .typeRemoved: "a type is removed"
        case .typeRenamed: "a type has another name"
        case .typeKindChanged: "a name belongs to a type of another kind"
        case .enumTypeChanged: "the numbers of an enum have another type"
        case .enumCaseAdded: "an open enum has a new case: old peers see a number without a name"
        case .enumCaseAddedClosed: "a closed enum has a new case, which old receivers reject"
        case .enumCaseRemoved: "an open enum lacks a case: new peers see a number without a name"
        case .enumCaseRemovedClosed: "a closed enum lacks a case, which old senders send"
        case .enumCaseRenamed: "a case has another name, and the same number"
        case .enumCaseNumberChanged: "a case has another number"
        case .enumClosed: "an enum becomes closed, and rejects numbers without a name"
        case .enumOpened: "an enum becomes open, and old receivers reject other numbers"
        case .faultCodeChanged: "a case of the enum of errors is new or removed, and it is a fault"
        case .flagsTypeChanged: "the number of flags has another type"
        case .flagsBitAdded: "open flags have a new bit: old peers keep it"
        case .flagsBitAddedClosed: "closed flags have a new bit, which old receivers reject"
        case .flagsBitRemoved: "open flags lack a bit"
        case .flagsBitRemovedClosed: "closed flags lack a bit, which old senders set"
        case .flagsBitRenamed: "a bit has another name, and the same position"
        case .flagsBitMoved: "a bit has another position"
        case .flagsClosed: "flags become closed, and reject bits without a name"
        case .flagsOpened: "flags become open, and old receivers reject other bits"
        case .unionTagTypeChanged: "the tags of a union have another type"
        case .unionLengthChanged: "the `length` of a union changes"
        case .unionCaseAdded: "a union with `unknown: keep` has a new case: old peers keep its bytes"
        case .unionCaseAddedClosed: "a union has a new case, which old receivers reject"
        case .unionCaseRemoved: "a union with `unknown: keep` lacks a case: new peers keep its bytes"
        case .unionCaseRemovedClosed: "a union lacks a case, which old senders send"
        case .unionCaseRenamed: "a case has another name, and the same tag"
        case .unionCaseTagChanged: "a case has another tag"
        case .unionClosed: "a union loses `unknown: keep`, and rejects unknown tags"
        case .unionOpened: "a union gets `unknown: keep`, and old receivers reject unknown tags"
        }
    }

    /// What to do instead, or about it; `nil` if there is nothing to do.
    package var advice: String? {
        switch self {
        case .protocolRenamed: "Keep the name: logs and metrics have it."
        case .namespaceChanged: "Set `namespace` under `swift` to the old name."
        case .accessLowered: "Keep `access`, or publish a major version of the package."
        case .accessRaised, .versionRaised, .trailingIgnored, .documentationChanged, .examplesChanged, .codesChanged,
            .messageAddedByServer, .deprecationAdded, .deprecationRemoved, .fieldAdded, .reservedUsed,
            .sinceAdded, .defaultAdded, .secretAdded, .unitAdded, .typeAdded, .flagsBitAdded:
            nil
        case .versionLowered: "Never reuse a version: `since` counts in versions."
        case .wireVersionChanged:
            "Set `wire-version` to the old number, unless peers of both versions must refuse each other."
        case .byteOrderChanged: "Keep `byte-order`, and set the `byte-order` of single fields."
        case .trailingRejected: "Keep `trailing: ignore`: without it, no later version can add a field."
        case .errorMessageChanged: "Keep `error`: old clients wait for the old message."
        case .heartbeatChanged: "Deploy servers before clients."
        case .importsChanged: "Add the modules to the targets that use the generated source."
        case .reservationRemoved: "Keep the entry of `reserved`: deployed peers may still use it."
        case .framingChanged: "Deploy both ends together, or serve the new framing on another port."
        case .truncationChanged: "Keep `truncate`."
        case .startsChanged: "Keep `starts`, and add a form for the new start."
        case .headerItemAdded: "Add the value to the messages, at the end and with `since`; or use reserved bits."
        case .headerItemRemoved: "Replace the item by `reserved` of the same size."
        case .headerRoleChanged: "Keep the item, and add the value to the messages."
        case .magicChanged: "Keep the magic, unless peers of both versions must refuse each other."
        case .lengthCoverageChanged, .coverageChanged: "Keep `covers`."
        case .checksumChanged: "Keep the checksum; a new one needs frames of another form."
        case .trailerChanged: "Keep the trailer, and add the value to the messages."
        case .payloadLimitLowered: "Send smaller payloads first, and lower `max-payload` when no old peer runs."
        case .payloadLimitRaised: "Raise `max-payload` at all receivers before a sender uses it."
        case .messageAdded: "Implement the new method of `Service`. Send the message only to servers that know it."
        case .messageAddedUnskippable: "Send the message only to peers that announced the new version."
        case .messageRemoved:
            "Mark it as `deprecated` while old peers send it; later, add its code and name to `reserved`."
        case .messageRenamed, .fieldRenamed, .typeRenamed, .enumCaseRenamed, .flagsBitRenamed, .unionCaseRenamed:
            "Keep the name, or publish a major version of the package."
        case .codeReused: "Choose another code, and add the old one to `reserved`."
        case .codeChanged: "Keep the code; give a new code to a new message."
        case .formChanged: "Keep `frame`, and add a message for the other form."
        case .checksumSeedChanged: "Keep the seed, unless peers of both versions must refuse each other."
        case .senderAdded: "Send it only to peers of the new version."
        case .senderRemoved: "Keep `from` while old peers send it."
        case .replyChanged: "Keep `reply`, and add another request."
        case .thenChanged: "Keep `then`, and add another message."
        case .requirementChanged: "Check that clients authenticate before they send it."
        case .sinceChanged: "Keep `since`: it says which peers send the part."
        case .fieldAddedUnread: "Set `trailing: ignore` one version before the first new field."
        case .fieldAddedRequired: "Add `since` with a `default`, or the type `T?`."
        case .fieldInserted: "Add it at the end of a message, with `since`; or use reserved bytes or bits."
        case .fieldDropped, .fieldReserved: "Mark it as `deprecated` for a version first."
        case .fieldRemoved: "Mark it as `deprecated`, or replace it by `reserved` of the same size."
        case .fieldMoved: "Keep the order of the fields."
        case .reservedUsedWithoutZero: "Allow 0 for old peers, which send zeros."
        case .fieldReservedWithoutZero: "Keep the field while old peers run: they reject zeros."
        case .fieldTypeChanged:
            "Add a field with the new type at the end, with `since`, and mark the old one as `deprecated`."
        case .swiftTypeChanged: "Keep the type, or publish a major version of the package."
        case .encodingChanged: "Keep `encoding`, and add another field."
        case .fieldByteOrderChanged: "Keep `byte-order`."
        case .bitOrderChanged: "Keep `bit-order`."
        case .lengthTypeChanged, .optionalityChanged: "Keep the type, and add another field."
        case .lengthChanged: "Keep `length` and `count`, and add another field."
        case .fieldMadeOptional: "Write the field until all receivers have the new version."
        case .fieldMadeRequired: "Keep `optional: true`."
        case .sinceRemoved: "Keep `since` while such peers run."
        case .conditionChanged: "Keep `when`, and add another field."
        case .tagChanged: "Keep `tag`."
        case .alignmentChanged: "Keep `align`."
        case .presenceDerived: "Keep the form of `when`: a boolean that is named alone is no property of the message."
        case .derivationChanged: "Keep what the field says, and add another field."
        case .defaultRemoved: "Keep `default`: initializers in programs rely on it."
        case .defaultChanged: "Set the value explicitly where it matters."
        case .minimumRaised: "Keep `min` while old peers send less."
        case .minimumLowered, .maximumRaised: "Deploy all receivers before a sender uses the new values."
        case .maximumLowered: "Keep `max` while old peers send more."
        case .constantAdded: "Ignore the value in the program, or check it there."
        case .constantRemoved: "Deploy all receivers before a sender uses other values."
        case .constantChanged: "Keep the value, unless peers of both versions must refuse each other."
        case .secretRemoved: "Keep `secret: true`."
        case .traceChanged: "Deploy receivers first: a trace ends at peers that do not read the field."
        case .unitChanged: "Add a field for the new unit: the same number would mean something else."
        case .typeRemoved: "Publish a major version of the package."
        case .typeKindChanged: "Give the new type another name."
        case .enumTypeChanged: "Keep `type`, and add another enum."
        case .enumCaseAdded: "Add a `default` to each `switch` over the enum."
        case .enumCaseAddedClosed: "Remove `closed` one version before, or send the case only to new peers."
        case .enumCaseRemoved: "Add the number and the name to `reserved` of the enum."
        case .enumCaseRemovedClosed, .unionCaseRemoved, .unionCaseRemovedClosed: "Keep the case while old peers run."
        case .enumCaseNumberChanged: "Keep the number."
        case .enumClosed: "Keep the enum open, and check the value in the program."
        case .enumOpened, .unionOpened: "Send only the old cases to old peers."
        case .faultCodeChanged: "Handle both numbers in clients while old servers run."
        case .flagsTypeChanged: "Keep `type`, and add other flags."
        case .flagsBitAddedClosed: "Remove `closed` one version before, or send the bit only to new peers."
        case .flagsBitRemoved: "Keep the bit, and say in its name that it is not used."
        case .flagsBitRemovedClosed: "Keep the bit while old peers run."
        case .flagsBitMoved: "Keep the position."
        case .flagsClosed: "Keep the flags open, and check the value in the program."
        case .flagsOpened: "Send only the old bits to old peers."
        case .unionTagTypeChanged: "Keep `tag`, and add another union."
        case .unionLengthChanged: "Keep `length`, and add another union."
        case .unionCaseAdded: "Add a `default` to each `switch` over the union."
        case .unionCaseAddedClosed: "Add `unknown: keep` to new unions; send the case only to new peers."
        case .unionCaseTagChanged: "Keep the tag."
        case .unionClosed: "Keep `unknown: keep`."
        }
    }

    /// The part of a spec that the rule is about.
    package var area: Area {
        switch self {
        case .protocolRenamed, .namespaceChanged, .accessLowered, .accessRaised, .versionRaised, .versionLowered,
            .wireVersionChanged, .byteOrderChanged, .trailingIgnored, .trailingRejected, .errorMessageChanged,
            .heartbeatChanged, .importsChanged, .reservationRemoved, .documentationChanged, .examplesChanged:
            .protocolItself
        case .framingChanged, .truncationChanged, .startsChanged, .codesChanged,
            .headerItemAdded, .headerItemRemoved, .headerRoleChanged, .magicChanged, .lengthCoverageChanged,
            .checksumChanged, .trailerChanged, .payloadLimitLowered, .payloadLimitRaised:
            .frame
        case .messageAdded, .messageAddedByServer, .messageAddedUnskippable, .messageRemoved, .messageRenamed,
            .codeChanged, .codeReused,
            .formChanged, .checksumSeedChanged, .senderAdded, .senderRemoved, .replyChanged, .thenChanged,
            .requirementChanged, .deprecationAdded, .deprecationRemoved, .sinceChanged:
            .messages
        case .fieldAdded, .fieldAddedUnread, .fieldAddedRequired, .fieldInserted, .fieldDropped, .fieldRemoved,
            .fieldMoved,
            .fieldRenamed, .reservedUsed, .reservedUsedWithoutZero, .fieldReserved, .fieldReservedWithoutZero,
            .fieldTypeChanged, .swiftTypeChanged, .encodingChanged, .fieldByteOrderChanged, .bitOrderChanged,
            .lengthTypeChanged, .lengthChanged, .optionalityChanged, .fieldMadeOptional, .fieldMadeRequired,
            .sinceAdded,
            .sinceRemoved, .conditionChanged, .tagChanged, .coverageChanged, .alignmentChanged, .derivationChanged,
            .presenceDerived,
            .defaultAdded, .defaultRemoved, .defaultChanged, .minimumRaised, .minimumLowered, .maximumLowered,
            .maximumRaised, .constantAdded, .constantRemoved, .constantChanged, .secretAdded, .secretRemoved,
            .traceChanged,
            .unitAdded,
            .unitChanged:
            .fields
        case .typeAdded, .typeRemoved, .typeRenamed, .typeKindChanged, .enumTypeChanged, .enumCaseAdded,
            .enumCaseAddedClosed, .enumCaseRemoved, .enumCaseRemovedClosed, .enumCaseRenamed, .enumCaseNumberChanged,
            .enumClosed, .enumOpened, .faultCodeChanged, .flagsTypeChanged, .flagsBitAdded, .flagsBitAddedClosed,
            .flagsBitRemoved, .flagsBitRemovedClosed, .flagsBitRenamed, .flagsBitMoved, .flagsClosed, .flagsOpened,
            .unionTagTypeChanged, .unionLengthChanged, .unionCaseAdded, .unionCaseAddedClosed, .unionCaseRemoved,
            .unionCaseRemovedClosed, .unionCaseRenamed, .unionCaseTagChanged, .unionClosed, .unionOpened:
            .types
        }
    }

    /// What the change breaks; a change of a part that no message uses breaks less.
    package var effect: Effect {
        switch self {
        case .wireVersionChanged, .byteOrderChanged, .framingChanged, .truncationChanged, .startsChanged,
            .headerItemAdded, .headerItemRemoved, .headerRoleChanged, .magicChanged, .lengthCoverageChanged,
            .checksumChanged, .trailerChanged, .payloadLimitLowered, .payloadLimitRaised, .messageAddedUnskippable,
            .messageRemoved, .codeChanged, .codeReused, .formChanged, .checksumSeedChanged, .senderAdded,
            .senderRemoved,
            .replyChanged,
            .thenChanged, .fieldAddedUnread, .fieldAddedRequired, .fieldInserted, .fieldRemoved, .fieldMoved,
            .reservedUsedWithoutZero, .fieldReservedWithoutZero, .fieldTypeChanged, .encodingChanged,
            .fieldByteOrderChanged,
            .bitOrderChanged, .lengthTypeChanged, .lengthChanged, .optionalityChanged, .fieldMadeOptional,
            .fieldMadeRequired, .conditionChanged, .tagChanged, .coverageChanged, .alignmentChanged, .derivationChanged,
            .minimumRaised, .minimumLowered, .maximumLowered, .maximumRaised, .constantAdded, .constantRemoved,
            .constantChanged, .enumTypeChanged, .enumCaseAddedClosed, .enumCaseRemovedClosed, .enumCaseNumberChanged,
            .enumClosed, .enumOpened, .flagsTypeChanged, .flagsBitAddedClosed, .flagsBitRemovedClosed, .flagsBitMoved,
            .flagsClosed, .flagsOpened, .unionTagTypeChanged, .unionLengthChanged, .unionCaseAddedClosed,
            .unionCaseRemovedClosed, .unionCaseTagChanged, .unionClosed, .unionOpened:
            .wire
        case .namespaceChanged, .accessLowered, .importsChanged, .messageAdded, .messageRenamed, .fieldDropped,
            .fieldRenamed, .fieldReserved, .swiftTypeChanged, .presenceDerived, .defaultRemoved, .typeRemoved,
            .typeRenamed,
            .typeKindChanged,
            .enumCaseAdded, .enumCaseRemoved, .enumCaseRenamed, .faultCodeChanged, .flagsBitRemoved, .flagsBitRenamed,
            .unionCaseAdded, .unionCaseRemoved, .unionCaseRenamed:
            .source
        case .protocolRenamed, .versionLowered, .trailingRejected, .errorMessageChanged, .heartbeatChanged,
            .reservationRemoved, .requirementChanged, .sinceChanged, .sinceRemoved, .defaultChanged, .secretRemoved,
            .traceChanged,
            .unitChanged:
            .behaviour
        case .accessRaised, .versionRaised, .trailingIgnored, .documentationChanged, .examplesChanged, .codesChanged,
            .messageAddedByServer, .deprecationAdded, .deprecationRemoved, .fieldAdded, .reservedUsed,
            .sinceAdded, .defaultAdded, .secretAdded, .unitAdded, .typeAdded, .flagsBitAdded:
            .compatible
        }
    }
}
