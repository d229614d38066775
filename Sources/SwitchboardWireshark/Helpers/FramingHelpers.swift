extension Helper {
    /// Frames between delimiters: each function returns the bytes of a frame without escapes, or nil.
    static let framings = [
        Helper(
            "unescape(",
            #"""
            -- Returns a function that replaces each escape and the byte after it by the byte for which they stand.
            local function unescape(escape, original)
              return function(content)
                local bytes, at = {}, 1
                while true do
                  local found = content:find(escape, at, true)
                  bytes[#bytes + 1] = content:sub(at, (found or 0) - 1)
                  if not found then
                    return table.concat(bytes)
                  end
                  local byte = content:byte(found + 1)
                  local replaced = byte and original(byte)
                  if not replaced then
                    return nil
                  end
                  bytes[#bytes + 1] = string.char(replaced)
                  at = found + 2
                end
              end
            end
            """#
        ),
        Helper(
            "decode_cobs",
            #"""
            -- Returns the bytes of a frame without the numbers of COBS.
            local function decode_cobs(content)
              local bytes, at = {}, 1
              while at <= #content do
                local number = content:byte(at)
                if number == 0 or at + number - 1 > #content then
                  return nil
                end
                bytes[#bytes + 1] = content:sub(at + 1, at + number - 1)
                at = at + number
                if number < 255 and at <= #content then
                  bytes[#bytes + 1] = "\0"
                end
              end
              return table.concat(bytes)
            end
            """#
        ),
        Helper(
            "decode_hex(",
            #"""
            -- Returns a function that reads two hexadecimal digits for each byte, after the last `begins`.
            local function decode_hex(begins)
              return function(content)
                if content == "" then
                  return ""
                end
                local first = 1
                local found = begins ~= "" and content:find(begins, 1, true)
                if begins ~= "" and not found then
                  return nil
                end
                while found do
                  first = found + #begins
                  found = content:find(begins, found + 1, true)
                end
                local digits = content:sub(first)
                if #digits % 2 == 1 or digits:find("%X") then
                  return nil
                end
                return (digits:gsub("%x%x", function(pair)
                  return string.char(tonumber(pair, 16))
                end))
              end
            end
            """#
        ),
    ]
}
