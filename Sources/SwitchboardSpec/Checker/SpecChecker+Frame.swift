extension SpecChecker {
    /// Checks that the parts of the frame fit together, as far as they could be read.
    ///
    /// - Returns: Whether the frame is complete and has no mistakes.
    mutating func checkFrame() -> Bool {
        let errors = diagnostics.errorCount
        guard let frame = spec.frame else { return self.frame != nil }
        checkVersion(frame)
        if frame.headerSize > SpecLimits.headerBytes {
            let text = "`header` has \(frame.headerSize.bytes): at most \(SpecLimits.headerBytes) are allowed"
            diagnostics.error(text, at: frame.header.last?.place ?? .start)
        }
        let length = frame.length
        if let maximum = frame.writtenMaximum, maximum.value > frame.largestPayload {
            let counts = length.covers == .payload ? "" : ", which counts \(frame.coveredOverhead.bytes) more"
            let text = "`max-payload` is \(maximum.value), but `length` is a \(length.type.rawValue)\(counts)"
            diagnostics.error("\(text): use at most \(frame.largestPayload)", at: maximum.place)
        }
        if UInt64(clamping: frame.coveredOverhead) > length.type.largest {
            let text =
                "`length` is a \(length.type.rawValue), and counts \(frame.coveredOverhead.bytes) and the payload"
            diagnostics.error("\(text): give it a wider type", at: frame.header.first?.place ?? .start)
        }
        checkCoverage(frame)
        checkOwnFields(frame)
        return diagnostics.errorCount == errors && !frame.lacksParts
    }

    private mutating func checkVersion(_ frame: FrameSpec) {
        var hasVersion = false
        for field in frame.header {
            guard case .version(let type) = field.value else { continue }
            hasVersion = true
            guard let version = spec.wireVersion ?? spec.version else {
                if spec.saysVersion { continue }
                let message = "`header` has a version, but the spec does not say which: add `version: 1` at the top"
                diagnostics.error(message, at: field.place)
                continue
            }
            if version.value > type.largest {
                let name = spec.wireVersion == nil ? "version" : "wire-version"
                let message =
                    "`\(name)` is \(version.value), which does not fit in a \(type.rawValue): use \(type.range)"
                let note = "the width of `version` in the header is defined here"
                diagnostics.error(message, at: version.place, first: field.place, note)
            }
        }
        if let wireVersion = spec.wireVersion, !hasVersion, !frame.lacksParts {
            diagnostics.error(
                "`wire-version` is the number of `version` in `header`, which has none: remove `wire-version`",
                at: wireVersion.place
            )
        }
    }

    private mutating func checkCoverage(_ frame: FrameSpec) {
        guard frame.checksum?.coverage == .afterMagic, !frame.lacksParts else { return }
        if case .magic? = frame.header.first?.value { return }
        let text = "`checksum` covers `after-magic`, but `header` does not begin with a `magic`"
        diagnostics.error("\(text): use `covers: frame`", at: frame.header.first?.place ?? .start)
    }

    private mutating func checkOwnFields(_ frame: FrameSpec) {
        var correlation: Place?
        for field in frame.header {
            guard case .correlation(let name, _) = field.value else { continue }
            if let first = correlation {
                let text = "`\(name.value)` is the second field with `correlate`: remove `correlate` from one of them"
                diagnostics.error(text, at: field.place, first: first, "the first field with `correlate` is here")
            }
            correlation = field.place
        }
        for (field, _, _) in frame.ownFields {
            if let name = field.type.value.namedType, let type = table[name], type.isClosed {
                let text =
                    "`\(name)` is closed, and in a header a number without a name cannot be refused"
                diagnostics.error(
                    "\(text): remove `closed`, or give the field an integer type",
                    at: field.type.place
                )
            }
            if let literal = field.defaultValue { _ = value(literal, of: table.step(of: field), "`default`") }
            let members = GeneratedNames.inFields.union(["write"])
            if members.union(GeneratedNames.usedTypes).contains(field.name.value) {
                let problem = "has a name that the generated Swift uses itself"
                let list = GeneratedNames.list(members, for: field.name.value)
                diagnostics.error(
                    "`\(field.name.value)` in `header` \(problem): rename it; \(list)",
                    at: field.name.place
                )
            } else if field.type.value.namedType == field.name.value {
                let text = "`\(field.name.value)` in `header` has the name of its own type: rename it"
                diagnostics.error(text, at: field.name.place)
            }
        }
    }
}
