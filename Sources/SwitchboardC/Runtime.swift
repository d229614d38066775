internal import SwitchboardSpec
internal import SwitchboardVocabulary

/// The C functions that the functions of a codec call: reading and writing numbers, bytes and text.
struct Runtime {
    private let names: CNames
    private let needs: RuntimeNeeds

    init(_ names: CNames, _ needs: RuntimeNeeds) {
        self.names = names
        self.needs = needs
    }

    private func status(_ name: String) -> String { names.constant(name) }

    /// The text of all functions.
    var text: String {
        var text = CText()
        types(&text)
        reading(&text)
        writing(&text)
        for function in RuntimeNeeds.TextFunction.allCases where needs.texts.contains(function) { add(function, &text) }
        if needs.checksums.contains(where: \.isHash) {
            text.documentation(["SHA-256, as FIPS 180-4 defines it."])
            text.append(ChecksumFunction.sha256)
        }
        for (index, algorithm) in needs.checksums.enumerated() {
            ChecksumFunction(algorithm, name: index == 0 ? "checksum" : "checksum_\(index + 1)").add(&text)
        }
        return text.text
    }

    private func types(_ text: inout CText) {
        text.documentation(["Takes bytes from `at` to `end`. If `partial`, more bytes may follow on the stream."])
        text.block("struct reader", ";") { text in
            text.line("const uint8_t *at;")
            text.line("const uint8_t *end;")
            text.line("bool partial;")
            text.line("\(names.prefix)_memory memory;")
            text.line("\(names.prefix)_status *status;")
            if needs.parts.contains(.counts) { text.line("bool counts; /* Elements are only counted. */") }
            if needs.parts.contains(.depth) { text.line("unsigned depth; /* The values around a value. */") }
        }
        text.blank()
        if needs.parts.contains(.depth) {
            text.documentation(["The largest number of values of types that contain themselves, each in another."])
            text.line("enum { MAX_DEPTH = \(SpecLimits.recursionDepth) };")
            text.blank()
        }
        text.documentation(["Appends bytes to `data`, or only counts them if that is NULL."])
        text.block("struct writer", ";") { text in
            text.line("uint8_t *data;")
            text.line("size_t capacity;")
            text.line("size_t size;")
            text.line("\(names.prefix)_status *status;")
        }
        text.blank()
        if needs.parts.contains(.window) {
            text.documentation(["The end of the bytes around a value that has a number of bytes of its own."])
            text.block("struct window", ";") { text in
                text.line("const uint8_t *end;")
                text.line("bool partial;")
            }
            text.blank()
        }
        if !needs.checksums.isEmpty {
            text.documentation(["Bytes that a checksum covers."])
            text.block("struct part", ";") { text in
                text.line("const uint8_t *data;")
                text.line("size_t size;")
            }
            text.blank()
        }
    }

    // MARK: Reading

    private func reading(_ text: inout CText) {
        text.function("static bool fail(struct reader *r, \(names.prefix)_status status)") { text in
            text.line("*r->status = status;")
            text.line("return false;")
        }
        text.function("static bool fail_truncated(struct reader *r)") { text in
            text.line("return fail(r, r->partial ? \(status("incomplete")) : \(status("truncated")));")
        }
        text.function("static bool take(struct reader *r, uint64_t size, const uint8_t **data)") { text in
            text.line("if (size > (uint64_t)(r->end - r->at)) return fail_truncated(r);")
            text.line("*data = r->at;")
            text.line("r->at += (size_t)size;")
            text.line("return true;")
        }
        for name in needs.numbers.keys.sorted() {
            if let function = needs.numbers[name], function.reads { add(name, function, &text) }
        }
        for name in needs.floats.keys.sorted() {
            guard let function = needs.floats[name], function.reads else { continue }
            let bits = 8 * function.type.size
            let type = function.type == .float32 ? "float" : "double"
            text.function("static bool \(name)(struct reader *r, \(type) *value)") { text in
                text.line("uint\(bits)_t bits;")
                text.require("read_uint\(bits)\(function.order == .little ? "_le" : "")(r, &bits)")
                text.line("memcpy(value, &bits, sizeof bits);")
                text.line("return true;")
            }
        }
        if has(.boolean) {
            text.function("static bool read_bool(struct reader *r, bool *value)") { text in
                text.line("const uint8_t *data;")
                text.require("take(r, 1, &data)")
                text.line("if (*data > 1) return fail(r, \(status("invalid_boolean")));")
                text.line("*value = *data == 1;")
                text.line("return true;")
            }
        }
        if has(.signed) {
            text.function("static int64_t signed_number(uint64_t number, unsigned width)") { text in
                text.line("uint64_t sign = UINT64_C(1) << (width - 1);")
                text.line("return (int64_t)((number ^ sign) - sign);")
            }
        }
        if has(.view) {
            text.function("static bool read_view(struct reader *r, uint64_t size, \(names.prefix)_bytes *view)") {
                text in
                text.line("view->size = (size_t)size;")
                text.line("return take(r, size, &view->data);")
            }
        }
        if has(.array) {
            text.function("static bool read_array(struct reader *r, uint8_t *array, size_t size)") { text in
                text.line("const uint8_t *data;")
                text.require("take(r, size, &data)")
                text.line("memcpy(array, data, size);")
                text.line("return true;")
            }
        }
        if has(.until) {
            text.function(
                "static bool read_until(struct reader *r, const char *end, size_t size, \(names.prefix)_bytes *view)"
            ) { text in
                text.block("for (const uint8_t *at = r->at; size <= (size_t)(r->end - at); at++)") { text in
                    text.line("if (memcmp(at, end, size) != 0) continue;")
                    text.line("view->data = r->at;")
                    text.line("view->size = (size_t)(at - r->at);")
                    text.line("r->at = at + size;")
                    text.line("return true;")
                }
                text.line("return fail_truncated(r);")
            }
        }
        if has(.startsWith) {
            text.function("static bool starts_with(const struct reader *r, const char *end, size_t size)") { text in
                text.line("return size <= (size_t)(r->end - r->at) && memcmp(r->at, end, size) == 0;")
            }
        }
        if has(.skipBytes) {
            text.function("static bool skip(struct reader *r, uint64_t size)") { text in
                text.line("const uint8_t *data;")
                text.line("return take(r, size, &data);")
            }
        }
        if has(.skip) {
            text.function("static bool skip_to(struct reader *r, const uint8_t *start, size_t alignment)") { text in
                text.line("const uint8_t *data;")
                text.line("size_t excess = (size_t)(r->at - start) % alignment;")
                text.line("return excess == 0 || take(r, alignment - excess, &data);")
            }
        }
        if has(.window) {
            text.function("static bool enter(struct reader *r, uint64_t size, struct window *behind)") { text in
                text.line("if (size > (uint64_t)(r->end - r->at)) return fail_truncated(r);")
                text.line("behind->end = r->end;")
                text.line("behind->partial = r->partial;")
                text.line("r->end = r->at + (size_t)size;")
                text.line("r->partial = false;")
                text.line("return true;")
            }
            text.function("static bool leave(struct reader *r, const struct window *behind)") { text in
                text.line("if (r->at != r->end) return fail(r, \(status("trailing_bytes")));")
                text.line("r->end = behind->end;")
                text.line("r->partial = behind->partial;")
                text.line("return true;")
            }
        }
        if has(.windowAllBut) {
            text.function("static bool enter_all_but(struct reader *r, size_t size, struct window *behind)") { text in
                text.line("if (size > (size_t)(r->end - r->at)) return fail_truncated(r);")
                text.line("return enter(r, (uint64_t)(r->end - r->at) - size, behind);")
            }
        }
        if has(.scale) {
            text.function(
                "static bool scale(struct reader *r, uint64_t number, uint64_t unit, int64_t plus, uint64_t *count)"
            ) { text in
                text.line("if (number > (uint64_t)INT64_MAX / unit) return fail_truncated(r);")
                text.line("int64_t size = (int64_t)(number * unit);")
                text.line(
                    "if (plus > 0 ? size < plus : size > INT64_MAX + plus) return fail(r, \(status("invalid_length")));"
                )
                text.line("*count = (uint64_t)(size - plus);")
                text.line("return true;")
            }
        }
        if has(.room) {
            text.function("static bool has_room(struct reader *r, uint64_t count, uint64_t least)") { text in
                text.line("return count <= (uint64_t)(r->end - r->at) / least || fail_truncated(r);")
            }
        }
        if has(.allocate) {
            text.documentation(["Takes aligned memory for `count` values."])
            text.function("static bool allocate(struct reader *r, uint64_t count, size_t size, void **space)") { text in
                text.line("union alignment { uint64_t number; double real; void *pointer; };")
                text.line("\(names.prefix)_memory *memory = &r->memory;")
                text.line("*space = NULL;")
                text.line("if (count == 0) return true;")
                text.line("size_t start = memory->used;")
                text.line("size_t excess = (size_t)(((uintptr_t)memory->start + start) % sizeof(union alignment));")
                text.line("if (excess != 0) start += sizeof(union alignment) - excess;")
                text.line(
                    "if (start > memory->size || count > (memory->size - start) / size) return fail(r, \(status("no_memory")));"
                )
                text.line("*space = (uint8_t *)memory->start + start;")
                text.line("memory->used = start + (size_t)count * size;")
                text.line("return true;")
            }
        }
        if has(.fill) {
            text.documentation([
                "Adds the zeros to a payload that its sender cut off: copies it to memory of the caller."
            ])
            text.function("static bool fill(struct reader *r, size_t size)") { text in
                text.line("size_t sent = (size_t)(r->end - r->at);")
                text.line("if (sent >= size) return true;")
                text.line("void *copy;")
                text.require("allocate(r, size, 1, &copy)")
                text.line("memcpy(copy, r->at, sent);")
                text.line("memset((uint8_t *)copy + sent, 0, size - sent);")
                text.line("r->at = copy;")
                text.line("r->end = r->at + size;")
                text.line("return true;")
            }
        }
    }

    private func has(_ part: RuntimeNeeds.Part) -> Bool { needs.parts.contains(part) }

    private func storage(_ type: IntegerType) -> String { "\(type.isSigned ? "int" : "uint")\(type.storageWidth)_t" }

    private func add(_ name: String, _ function: RuntimeNeeds.NumberFunction, _ text: inout CText) {
        let type = function.type
        text.function("static bool \(name)(struct reader *r, \(storage(type)) *value)") { text in
            if case .variable(let length) = type.encoding { return variable(length, &text) }
            text.line("const uint8_t *data;")
            text.require("take(r, \(type.size), &data)")
            let width = max(type.storageWidth, 32)
            let terms = (0..<type.size).map { index in
                let shift = 8 * (function.order == .big ? type.size - 1 - index : index)
                let byte = type.size == 1 ? "data[\(index)]" : "(uint\(width)_t)data[\(index)]"
                return shift == 0 ? byte : "\(byte) << \(shift)"
            }
            let number = terms.joined(separator: " | ")
            if type.isSigned, type.isNarrow {
                text.line("uint64_t number = \(number);")
                text.line("uint64_t sign = UINT64_C(1) << \(type.bitWidth - 1);")
                text.line("*value = (\(storage(type)))((int64_t)((number ^ sign) - sign));")
            } else {
                text.line("*value = (\(storage(type)))(\(number));")
            }
            text.line("return true;")
        }
    }

    /// Adds the body of a function that reads a number of variable length.
    private func variable(_ length: VariableLength, _ text: inout CText) {
        let wrong = "return fail(r, \(status("not_shortest")));"
        text.line("const uint8_t *data;")
        switch length {
        case .leb128, .zigzag:
            text.line("uint64_t number = 0;")
            text.block("for (unsigned shift = 0;; shift += 7)") { text in
                text.require("take(r, 1, &data)")
                text.line("if (shift == 63 && *data > 1) \(wrong)")
                text.line("number |= (uint64_t)(*data & 0x7F) << shift;")
                text.block("if (*data < 0x80)") { text in
                    text.line("if (*data == 0 && shift > 0) \(wrong)")
                    text.line("break;")
                }
            }
            text.line(
                length == .leb128
                    ? "*value = number;" : "*value = (int64_t)(number >> 1 ^ (~(number & 1) + 1));"
            )
        case .quic:
            text.line("if (r->at == r->end) return fail_truncated(r);")
            text.line("size_t size = (size_t)1 << (*r->at >> 6);")
            text.require("take(r, size, &data)")
            text.line("uint64_t number = data[0] & 0x3F;")
            text.line("for (size_t i = 1; i < size; i++) number = number << 8 | data[i];")
            text.line("if (size > 1 && number >> (4 * size - 2) == 0) \(wrong)")
            text.line("*value = number;")
        case .bitcoin, .mysql:
            let first = length == .bitcoin ? "0xFD" : "0xFB"
            text.require("take(r, 1, &data)")
            text.line("uint8_t first = *data;")
            text.block("if (first < \(first))") { text in
                text.line("*value = first;")
                text.line("return true;")
            }
            if length == .mysql {
                text.line("if (first == 0xFB || first == 0xFF) \(wrong)")
                text.line("size_t size = first == 0xFC ? 2 : first == 0xFD ? 3 : 8;")
                text.line("uint64_t least = first == 0xFC ? 0xFB : first == 0xFD ? 0x10000 : 0x1000000;")
            } else {
                text.line("size_t size = first == 0xFD ? 2 : first == 0xFE ? 4 : 8;")
                text.line("uint64_t least = first == 0xFD ? 0xFD : first == 0xFE ? 0x10000 : UINT64_C(0x100000000);")
            }
            text.require("take(r, size, &data)")
            text.line("uint64_t number = 0;")
            text.line("for (size_t i = size; i > 0; i--) number = number << 8 | data[i - 1];")
            text.line("if (number < least) \(wrong)")
            text.line("*value = number;")
        case .asn1:
            text.require("take(r, 1, &data)")
            text.line("uint8_t first = *data;")
            text.block("if (first < 0x80)") { text in
                text.line("*value = first;")
                text.line("return true;")
            }
            text.line("size_t size = first & 0x7F;")
            text.line("if (size == 0 || size > 8) \(wrong)")
            text.require("take(r, size, &data)")
            text.line("uint64_t number = 0;")
            text.line("for (size_t i = 0; i < size; i++) number = number << 8 | data[i];")
            text.line("if (data[0] == 0 || number < 0x80) \(wrong)")
            text.line("*value = number;")
        case .midi:
            text.line("uint64_t number = 0;")
            text.block("for (unsigned count = 1;; count++)") { text in
                text.require("take(r, 1, &data)")
                text.line("if (count == 1 && *data == 0x80) \(wrong)")
                text.line("if (number > UINT64_MAX >> 7) \(wrong)")
                text.line("number = number << 7 | (*data & 0x7F);")
                text.line("if (*data < 0x80) break;")
                text.line("if (count == 10) \(wrong)")
            }
            text.line("*value = number;")
        }
        text.line("return true;")
    }

    // MARK: Writing

    private func writing(_ text: inout CText) {
        text.function("static bool fail_writing(struct writer *w, \(names.prefix)_status status)") { text in
            text.line("*w->status = status;")
            text.line("return false;")
        }
        text.function("static bool put(struct writer *w, const void *data, size_t size)") { text in
            text.block("if (w->data != NULL)") { text in
                text.line("if (size > w->capacity - w->size) return fail_writing(w, \(status("no_room")));")
                text.line("if (size > 0) memcpy(w->data + w->size, data, size);")
            }
            text.line("w->size += size;")
            text.line("return true;")
        }
        if has(.zeros) || has(.pad) {
            text.function("static bool put_zeros(struct writer *w, size_t size)") { text in
                text.block("if (w->data != NULL)") { text in
                    text.line("if (size > w->capacity - w->size) return fail_writing(w, \(status("no_room")));")
                    text.line("memset(w->data + w->size, 0, size);")
                }
                text.line("w->size += size;")
                text.line("return true;")
            }
        }
        if has(.pad) {
            text.function("static bool pad_to(struct writer *w, size_t start, size_t alignment)") { text in
                text.line("size_t excess = (w->size - start) % alignment;")
                text.line("return excess == 0 || put_zeros(w, alignment - excess);")
            }
        }
        for name in needs.numbers.keys.sorted() {
            guard let function = needs.numbers[name], !function.reads else { continue }
            addWriter(name, function, &text)
        }
        for name in needs.floats.keys.sorted() {
            guard let function = needs.floats[name], !function.reads else { continue }
            let bits = 8 * function.type.size
            let type = function.type == .float32 ? "float" : "double"
            text.function("static bool \(name)(struct writer *w, \(type) value)") { text in
                text.line("uint\(bits)_t bits;")
                text.line("memcpy(&bits, &value, sizeof bits);")
                text.line("return put_uint\(bits)\(function.order == .little ? "_le" : "")(w, bits);")
            }
        }
        if has(.patch) {
            text.documentation(["Replaces `size` bytes at `place`."])
            text.function(
                "static void patch(struct writer *w, size_t place, uint64_t number, size_t size, bool is_big)"
            ) { text in
                text.line("if (w->data == NULL) return;")
                text.block("for (size_t i = 0; i < size; i++)") { text in
                    text.line("w->data[place + (is_big ? size - 1 - i : i)] = (uint8_t)(number >> (8 * i));")
                }
            }
        }
        if has(.contains) {
            text.documentation(["Returns whether `end` begins within `data` when it follows them."])
            text.function("static bool contains_end(const void *data, size_t size, const char *end, size_t length)") {
                text in
                text.line("const uint8_t *bytes = data;")
                text.block("for (size_t i = 0; i < size; i++)") { text in
                    text.line("size_t j = 0;")
                    text.line(
                        "while (j < length && (i + j < size ? bytes[i + j] : (uint8_t)end[i + j - size]) == (uint8_t)end[j]) j++;"
                    )
                    text.line("if (j == length) return true;")
                }
                text.line("return false;")
            }
        }
        if has(.beginsWith) {
            text.function(
                "static bool begins_with(const struct writer *w, size_t start, const char *end, size_t length)"
            ) { text in
                text.line(
                    "return w->data != NULL && w->size - start >= length && memcmp(w->data + start, end, length) == 0;"
                )
            }
        }
    }

    private func addWriter(_ name: String, _ function: RuntimeNeeds.NumberFunction, _ text: inout CText) {
        let type = function.type
        text.function("static bool \(name)(struct writer *w, \(storage(type)) value)") { text in
            if case .variable(let length) = type.encoding { return putVariable(length, &text) }
            if type.size == 1 {
                text.line("uint8_t byte = (uint8_t)value;")
                return text.line("return put(w, &byte, 1);")
            }
            text.line("uint\(type.storageWidth)_t number = (uint\(type.storageWidth)_t)value;")
            let bytes = (0..<type.size).map { index in
                let shift = 8 * (function.order == .big ? type.size - 1 - index : index)
                return shift == 0 ? "(uint8_t)number" : "(uint8_t)(number >> \(shift))"
            }
            text.line("const uint8_t bytes[] = { \(bytes.joined(separator: ", ")) };")
            text.line("return put(w, bytes, sizeof bytes);")
        }
    }

    private func putVariable(_ length: VariableLength, _ text: inout CText) {
        text.line("uint8_t bytes[10];")
        text.line("size_t size = 0;")
        switch length {
        case .leb128, .zigzag:
            text.line(
                length == .leb128
                    ? "uint64_t number = value;"
                    : "uint64_t number = (uint64_t)value << 1 ^ (value < 0 ? UINT64_MAX : 0);"
            )
            text.block("while (number >= 0x80)") { text in
                text.line("bytes[size++] = (uint8_t)(number | 0x80);")
                text.line("number >>= 7;")
            }
            text.line("bytes[size++] = (uint8_t)number;")
        case .quic:
            text.line("unsigned form = value < 0x40 ? 0 : value < 0x4000 ? 1 : value < 0x40000000 ? 2 : 3;")
            text.line("size = (size_t)1 << form;")
            text.line("for (size_t i = 0; i < size; i++) bytes[i] = (uint8_t)(value >> (8 * (size - 1 - i)));")
            text.line("bytes[0] |= (uint8_t)(form << 6);")
        case .bitcoin, .mysql:
            let (small, sizes) =
                length == .bitcoin
                ? ("0xFD", "value < 0x10000 ? 2 : value < UINT64_C(0x100000000) ? 4 : 8")
                : ("0xFB", "value < 0x10000 ? 2 : value < 0x1000000 ? 3 : 8")
            text.block("if (value < \(small))") { text in text.line("bytes[size++] = (uint8_t)value;") }
            text.block("else") { text in
                text.line("size_t count = \(sizes);")
                let (two, middle) = length == .bitcoin ? ("0xFD", "4 ? 0xFE : 0xFF") : ("0xFC", "3 ? 0xFD : 0xFE")
                text.line("bytes[size++] = count == 2 ? \(two) : count == \(middle);")
                text.line("for (size_t i = 0; i < count; i++) bytes[size++] = (uint8_t)(value >> (8 * i));")
            }
        case .asn1:
            text.block("if (value < 0x80)") { text in text.line("bytes[size++] = (uint8_t)value;") }
            text.block("else") { text in
                text.line("size_t count = 1;")
                text.line("while (count < 8 && value >> (8 * count) != 0) count++;")
                text.line("bytes[size++] = (uint8_t)(0x80 | count);")
                text.line("while (count-- > 0) bytes[size++] = (uint8_t)(value >> (8 * count));")
            }
        case .midi:
            text.line("unsigned shift = 0;")
            text.line("while (shift < 63 && value >> (shift + 7) != 0) shift += 7;")
            text.line("for (; shift > 0; shift -= 7) bytes[size++] = (uint8_t)(value >> shift | 0x80);")
            text.line("bytes[size++] = (uint8_t)(value & 0x7F);")
        }
        text.line("return put(w, bytes, size);")
    }

    // MARK: Text

    private func add(_ function: RuntimeNeeds.TextFunction, _ text: inout CText) {
        switch function {
        case .isUTF8:
            text.function("static bool is_utf8(const uint8_t *data, size_t size)") { text in
                text.block("for (size_t i = 0; i < size;)") { text in
                    text.line("uint8_t first = data[i];")
                    text.line("size_t count = first < 0x80 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;")
                    text.line("if ((first >= 0x80 && first < 0xC2) || first > 0xF4 || count > size - i) return false;")
                    text.line("for (size_t j = 1; j < count; j++)")
                    text.line("    if ((data[i + j] & 0xC0) != 0x80) return false;")
                    text.line("if (first == 0xE0 && data[i + 1] < 0xA0) return false;")
                    text.line("if (first == 0xED && data[i + 1] > 0x9F) return false;")
                    text.line("if (first == 0xF0 && data[i + 1] < 0x90) return false;")
                    text.line("if (first == 0xF4 && data[i + 1] > 0x8F) return false;")
                    text.line("i += count;")
                }
                text.line("return true;")
            }
        case .isASCII:
            text.function("static bool is_ascii(const uint8_t *data, size_t size)") { text in
                text.line("for (size_t i = 0; i < size; i++)")
                text.line("    if (data[i] > 0x7F) return false;")
                text.line("return true;")
            }
        case .isUTF16, .isUTF16LE:
            let high = function == .isUTF16 ? 0 : 1
            text.function("static bool \(function.rawValue)(const uint8_t *data, size_t size)") { text in
                text.line("if (size % 2 != 0) return false;")
                text.block("for (size_t i = 0; i < size; i += 2)") { text in
                    text.line("unsigned kind = data[i + \(high)] & 0xFC;")
                    text.line("if (kind == 0xDC) return false;")
                    text.line("if (kind != 0xD8) continue;")
                    text.line("i += 2;")
                    text.line("if (i >= size || (data[i + \(high)] & 0xFC) != 0xDC) return false;")
                }
                text.line("return true;")
            }
        case .sizeOfLatin1:
            text.function("static size_t utf8_size_of_latin1(\(names.prefix)_text text)") { text in
                text.line("size_t size = text.size;")
                text.line("for (size_t i = 0; i < text.size; i++) size += (uint8_t)text.data[i] >> 7;")
                text.line("return size;")
            }
        case .sizeOfUTF16, .sizeOfUTF16LE:
            let (high, low) = function == .sizeOfUTF16 ? (0, 1) : (1, 0)
            text.function("static size_t \(function.rawValue)(\(names.prefix)_text text)") { text in
                text.line("size_t size = 0;")
                text.block("for (size_t i = 0; i + 1 < text.size; i += 2)") { text in
                    text.line("uint8_t high = (uint8_t)text.data[i + \(high)];")
                    text.line("uint8_t low = (uint8_t)text.data[i + \(low)];")
                    text.line("bool is_surrogate = (high & 0xF8) == 0xD8;")
                    text.line(
                        "size += is_surrogate || (high > 0 && high < 8) ? 2 : high >= 8 ? 3 : low < 0x80 ? 1 : 2;"
                    )
                }
                text.line("return size;")
            }
        }
    }
}
