extension Helper {
    /// Text in its encodings.
    static let texts = [
        Helper(
            "decode_utf8",
            #"""
            -- Returns the text in UTF-8; nil for other bytes.
            local function decode_utf8(range)
              local text = range:raw()
              local at = text:find("[\128-\255]")
              while at do
                local lead, second = text:byte(at, at + 1)
                local size = lead >= 0xF0 and 4 or lead >= 0xE0 and 3 or 2
                local low = lead == 0xE0 and 0xA0 or lead == 0xF0 and 0x90 or 0x80
                local high = lead == 0xED and 0x9F or lead == 0xF4 and 0x8F or 0xBF
                if lead < 0xC2 or lead > 0xF4 or not second or second < low or second > high then
                  return nil
                end
                if not text:find("^" .. ("[\128-\191]"):rep(size - 1), at + 1) then
                  return nil
                end
                at = text:find("[\128-\255]", at + size)
              end
              return text
            end
            """#
        ),
        Helper(
            "decode_ascii",
            #"""
            -- Returns the text in ASCII; nil for other bytes.
            local function decode_ascii(range)
              local text = range:raw()
              return not text:find("[\128-\255]") and text or nil
            end
            """#
        ),
        Helper(
            "decode_latin1",
            #"""
            -- Returns the text in ISO 8859-1, as UTF-8.
            local function decode_latin1(range)
              return (range:raw():gsub("[\128-\255]", function(byte)
                local code = byte:byte()
                return string.char(0xC0 + math.floor(code / 64), 0x80 + code % 64)
              end))
            end
            """#
        ),
        Helper(
            "utf16_text",
            #"""
            -- Returns the text in UTF-16, as UTF-8; nil for other bytes.
            local function utf16_text(range, is_little)
              local bytes = range:raw()
              if #bytes % 2 == 1 then
                return nil
              end
              local characters, high = {}, nil
              for at = 1, #bytes, 2 do
                local first, second = bytes:byte(at, at + 1)
                local unit = is_little and first + second * 256 or first * 256 + second
                local code = unit
                if high then
                  if unit < 0xDC00 or unit > 0xDFFF then
                    return nil
                  end
                  code, high = 0x10000 + (high - 0xD800) * 1024 + unit - 0xDC00, nil
                elseif unit >= 0xD800 and unit <= 0xDBFF then
                  code, high = nil, unit
                elseif unit >= 0xDC00 and unit <= 0xDFFF then
                  return nil
                end
                if code then
                  local lead = code < 0x80 and code or code % 64 + 0x80
                  local text = string.char(lead)
                  local size = code < 0x80 and 1 or code < 0x800 and 2 or code < 0x10000 and 3 or 4
                  local rest = math.floor(code / 64)
                  for _ = 3, size do
                    text = string.char(rest % 64 + 0x80) .. text
                    rest = math.floor(rest / 64)
                  end
                  if size > 1 then
                    text = string.char(({ nil, 0xC0, 0xE0, 0xF0 })[size] + rest) .. text
                  end
                  characters[#characters + 1] = text
                end
              end
              return not high and table.concat(characters) or nil
            end
            """#
        ),
        Helper(
            "decode_utf16_le",
            #"""
            local function decode_utf16_le(range)
              return utf16_text(range, true)
            end
            """#
        ),
        Helper(
            "decode_utf16_be",
            #"""
            local function decode_utf16_be(range)
              return utf16_text(range, false)
            end
            """#
        ),
        Helper(
            "escaped(",
            #"""
            -- Returns the text with signs in place of control characters.
            local function escaped(text)
              return (text:gsub("%c", function(character)
                local code = character:byte()
                return code == 127 and "␡" or "\226\144" .. string.char(0x80 + code)
              end))
            end
            """#
        ),
    ]
}
