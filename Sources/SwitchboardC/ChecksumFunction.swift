internal import SwitchboardVocabulary

/// A C function that computes a checksum.
struct ChecksumFunction {
    private let algorithm: ChecksumAlgorithm
    private let name: String

    init(_ algorithm: ChecksumAlgorithm, name: String) {
        self.algorithm = algorithm
        self.name = name
    }

    /// Adds the function, which takes the covered bytes in parts.
    func add(_ text: inout CText) {
        if case .hash(let parameters) = algorithm.form { return addHash(parameters, &text) }
        text.documentation(["\(algorithm.rawValue)."])
        text.function("static uint32_t \(name)(const struct part *parts, size_t count)") { text in
            switch algorithm.form {
            case .crc(let parameters): crc(parameters, &text)
            case .sum(let parameters): sum(parameters, &text)
            case .xor8:
                text.line("uint32_t sum = 0;")
                each("sum ^= parts[i].data[j];", &text)
                text.line("return sum;")
            case .fletcher8: sums("0", "256", "a << 8 | b", &text)
            case .fletcher16: sums("0", "255", "b << 8 | a", &text)
            case .adler32: sums("1", "65521", "b << 16 | a", &text)
            case .hash: break
            }
        }
    }

    private func each(_ line: String, _ text: inout CText) { eachByte([line], &text) }

    private func eachByte(_ lines: [String], _ text: inout CText) {
        text.block("for (size_t i = 0; i < count; i++)") { text in
            text.block("for (size_t j = 0; j < parts[i].size; j++)") { text in
                for line in lines { text.line(line) }
            }
        }
    }

    private func crc(_ parameters: CRCParameters, _ text: inout CText) {
        let width = parameters.width
        func hex(_ number: UInt32) -> String { "0x" + String(number, radix: 16, uppercase: true) + "u" }
        if parameters.isReflected {
            let polynomial = parameters.polynomial.reversed(width: width)
            text.line("uint32_t crc = \(hex(parameters.initial.reversed(width: width)));")
            text.block("for (size_t i = 0; i < count; i++)") { text in
                text.block("for (size_t j = 0; j < parts[i].size; j++)") { text in
                    text.line("crc ^= parts[i].data[j];")
                    text.line(
                        "for (int bit = 0; bit < 8; bit++) crc = crc & 1 ? crc >> 1 ^ \(hex(polynomial)) : crc >> 1;"
                    )
                }
            }
        } else {
            let top = UInt32(1) << UInt32(width - 1)
            text.line("uint32_t crc = \(hex(parameters.initial));")
            text.block("for (size_t i = 0; i < count; i++)") { text in
                text.block("for (size_t j = 0; j < parts[i].size; j++)") { text in
                    text.line("crc ^= (uint32_t)parts[i].data[j] << \(width - 8);")
                    let step = "crc & \(hex(top)) ? crc << 1 ^ \(hex(parameters.polynomial)) : crc << 1"
                    text.line("for (int bit = 0; bit < 8; bit++) crc = \(step);")
                }
            }
        }
        let mask = UInt32.max >> UInt32(32 - width)
        let final = parameters.finalXOR == 0 ? "crc" : "(crc ^ \(hex(parameters.finalXOR)))"
        text.line("return \(width == 32 ? final : "\(final) & \(hex(mask))");")
    }

    private func sum(_ parameters: SumParameters, _ text: inout CText) {
        text.line("uint32_t sum = 0;")
        each("sum += parts[i].data[j];", &text)
        let mask = UInt32.max >> UInt32(32 - parameters.width)
        let value = parameters.isNegated ? "(0u - sum)" : "sum"
        let final = parameters.finalXOR == 0 ? value : "(\(value) ^ \(parameters.finalXOR)u)"
        text.line("return \(parameters.width == 32 ? final : "\(final) & \(mask)u");")
    }

    private func sums(_ start: String, _ modulo: String, _ result: String, _ text: inout CText) {
        text.line("uint32_t a = \(start);")
        text.line("uint32_t b = 0;")
        eachByte(["a = (a + parts[i].data[j]) % \(modulo);", "b = (b + a) % \(modulo);"], &text)
        text.line("return \(result);")
    }

    // MARK: SHA-256

    private func addHash(_ parameters: HashParameters, _ text: inout CText) {
        text.documentation(["\(algorithm.rawValue)."])
        text.function("static void \(name)(const struct part *parts, size_t count, uint8_t *hash)") { text in
            text.line("sha256(parts, count, hash);")
            guard parameters.function == .sha256d else { return }
            text.line("uint8_t first[32];")
            text.line("memcpy(first, hash, sizeof first);")
            text.line("const struct part again = { first, sizeof first };")
            text.line("sha256(&again, 1, hash);")
        }
    }

    /// The function `sha256`, which all hashes use.
    static let sha256 = """
        static void sha256_block(uint32_t state[8], const uint8_t *block)
        {
            static const uint32_t k[64] = {
                0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
                0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
                0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
                0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
                0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
                0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
                0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
                0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2
            };
            uint32_t w[64];
            for (int i = 0; i < 16; i++) {
                w[i] = (uint32_t)block[4 * i] << 24 | (uint32_t)block[4 * i + 1] << 16 | (uint32_t)block[4 * i + 2] << 8
                    | block[4 * i + 3];
            }
        #define ROTATE(x, n) ((x) >> (n) | (x) << (32 - (n)))
            for (int i = 16; i < 64; i++) {
                uint32_t s0 = ROTATE(w[i - 15], 7) ^ ROTATE(w[i - 15], 18) ^ w[i - 15] >> 3;
                uint32_t s1 = ROTATE(w[i - 2], 17) ^ ROTATE(w[i - 2], 19) ^ w[i - 2] >> 10;
                w[i] = w[i - 16] + s0 + w[i - 7] + s1;
            }
            uint32_t v[8];
            memcpy(v, state, sizeof v);
            for (int i = 0; i < 64; i++) {
                uint32_t s1 = ROTATE(v[4], 6) ^ ROTATE(v[4], 11) ^ ROTATE(v[4], 25);
                uint32_t t1 = v[7] + s1 + ((v[4] & v[5]) ^ (~v[4] & v[6])) + k[i] + w[i];
                uint32_t s0 = ROTATE(v[0], 2) ^ ROTATE(v[0], 13) ^ ROTATE(v[0], 22);
                uint32_t t2 = s0 + ((v[0] & v[1]) ^ (v[0] & v[2]) ^ (v[1] & v[2]));
                memmove(v + 1, v, 7 * sizeof v[0]);
                v[4] += t1;
                v[0] = t1 + t2;
            }
        #undef ROTATE
            for (int i = 0; i < 8; i++) state[i] += v[i];
        }

        static void sha256(const struct part *parts, size_t count, uint8_t *hash)
        {
            uint32_t state[8] = {
                0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19
            };
            uint8_t block[64];
            uint64_t size = 0;
            for (size_t i = 0; i < count; i++) {
                for (size_t j = 0; j < parts[i].size; j++) {
                    block[size++ % 64] = parts[i].data[j];
                    if (size % 64 == 0) sha256_block(state, block);
                }
            }
            uint64_t bits = size * 8;
            block[size++ % 64] = 0x80;
            if (size % 64 == 0) sha256_block(state, block);
            while (size % 64 != 56) {
                block[size++ % 64] = 0;
                if (size % 64 == 0) sha256_block(state, block);
            }
            for (int i = 0; i < 8; i++) block[56 + i] = (uint8_t)(bits >> (56 - 8 * i));
            sha256_block(state, block);
            for (int i = 0; i < 32; i++) hash[i] = (uint8_t)(state[i / 4] >> (24 - 8 * (i % 4)));
        }


        """
}
