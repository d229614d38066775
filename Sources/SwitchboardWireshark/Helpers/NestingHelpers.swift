extension Helper {
    /// Sizes of values: where text, bytes and lists end.
    static let sizes = [
        Helper(
            ":size(",
            #"""
            -- Returns the size that a number says, of which each 1 stands for `unit`, and which exceeds the size by `plus`.
            function Reader:size(key, number, unit, plus)
              local size = number * unit - plus
              if number < 0 or size < 0 then
                self:fail(key, "has a length that does not fit")
              end
              return size
            end
            """#
        ),
        Helper(
            ":present(",
            #"""
            -- Reads a value, unless `number` is one of those that say that there is none.
            function Reader:present(number, absent, read)
              for _, none in ipairs(absent) do
                if number == none then
                  return nil
                end
              end
              return read(number)
            end
            """#
        ),
        Helper(
            ":unless_byte(",
            #"""
            -- Reads a value, unless the byte is next that says that there is none.
            function Reader:unless_byte(key, byte, read)
              if self.stop - self.at < 1 then
                self:fail_short(key, 1)
              end
              if self.tvb:range(self.at, 1):uint() == byte then
                self.at = self.at + 1
                return nil
              end
              return read()
            end
            """#
        ),
        Helper(
            ":padded(",
            #"""
            -- Reads a value of `size` bytes, of which the last may be `pad`: `read` takes the number of the others.
            function Reader:padded(key, size, pad, read)
              local at = self:take(key, size)
              local content = self.tvb:raw(at, size)
              local count = #content
              while count > 0 and content:byte(count) == pad do
                count = count - 1
              end
              self.at = at
              local value = read(count)
              self.at = at + size
              return value
            end
            """#
        ),
        Helper(
            ":terminated(",
            #"""
            -- Reads a value that ends before the bytes `ending`: `read` takes the number of its bytes.
            function Reader:terminated(key, ending, read)
              local found = self.tvb:raw(self.at, self.stop - self.at):find(ending, 1, true)
              if not found then
                self:fail_short(key, 1)
              end
              local value = read(found - 1)
              self.at = self.at + #ending
              return value
            end
            """#
        ),
        Helper(
            ":elements(",
            #"""
            -- Reads elements with `read` as long as `has_more` returns true; returns how many they are.
            function Reader:elements(name, has_more, read)
              local tree, at, count = self.tree, self.at, 0
              self.tree = tree and tree:add(self.tvb:range(at, self.stop - at), name)
              while has_more(count) do
                read()
                count = count + 1
              end
              if tree then
                self.tree:set_len(self.at - at)
                self.tree:set_text(("%s: %d element%s"):format(name, count, count == 1 and "" or "s"))
              end
              self.tree = tree
              return count
            end
            """#
        ),
        Helper(
            ":list(",
            #"""
            -- Reads `count` elements, each of `least` bytes or more.
            function Reader:list(name, count, least, read)
              local at = self.at
              self:take(name, count * least)
              self.at = at
              return self:elements(name, function(found)
                return found < count
              end, read)
            end
            """#
        ),
        Helper(
            ":list_to_end(",
            #"""
            -- Reads elements up to the end of the bytes.
            function Reader:list_to_end(name, read)
              return self:elements(name, function()
                return self.at < self.stop
              end, read)
            end
            """#
        ),
        Helper(
            ":list_until(",
            #"""
            -- Reads elements up to the bytes `ending`, which no element starts with.
            function Reader:list_until(name, ending, read)
              local count = self:elements(name, function()
                if self.at == self.stop then
                  self:fail_short(name, 1)
                end
                local size = math.min(#ending, self.stop - self.at)
                return self.tvb:raw(self.at, size) ~= ending
              end, read)
              self.at = self.at + #ending
              return count
            end
            """#
        ),
    ]

    /// Values in values: structs, unions, and the bytes that they must use up.
    static let nesting = [
        Helper(
            ":narrow(",
            #"""
            -- Confines the reader to the next `size` bytes; returns what `widen` needs.
            function Reader:narrow(key, size)
              local at = self.at
              if size < 0 then
                self:fail(key, "has a length that does not fit")
              end
              self:take(key, size)
              local outer = { stop = self.stop, is_open = self.is_open }
              self.at, self.stop, self.is_open = at, at + size, false
              return outer
            end
            """#
        ),
        Helper(
            ":widen(",
            #"""
            -- Ends `narrow`: fails unless all bytes were read.
            function Reader:widen(key, outer)
              if self.at < self.stop then
                self:fail(key, "ends before its length says")
              end
              self.stop, self.is_open = outer.stop, outer.is_open
            end
            """#
        ),
        Helper(
            ":within(",
            #"""
            -- Reads a value that has exactly the next `size` bytes.
            function Reader:within(key, size, read)
              local outer = self:narrow(key, size)
              local value = read()
              self:widen(key, outer)
              return value
            end
            """#
        ),
        Helper(
            ":align(",
            #"""
            -- Skips bytes until the reader is at a multiple of `alignment` after `start`.
            function Reader:align(key, alignment, start)
              self:take(key, (start - self.at) % alignment)
            end
            """#
        ),
        Helper(
            ":optional(",
            #"""
            -- Reads a value if the byte before it is 1.
            function Reader:optional(key, read)
              if self:bool(key) then
                return read()
              end
            end
            """#
        ),
        Helper(
            ":struct(",
            #"""
            -- Reads a struct or a union with the function `read` into a part of the tree of its own.
            function Reader:struct(key, read, tag)
              local tree, at = self.tree, self.at
              self.tree = tree and tree:add(fields[key], self.tvb:range(at, self.stop - at))
              read(self, tag)
              if tree then
                self.tree:set_len(self.at - at)
              end
              self.tree = tree
            end
            """#
        ),
        Helper(
            ":case(",
            #"""
            -- Reads the case of a union with the tag `tag`.
            function Reader:case(key, tag, cases, unknown)
              local case = cases[tag]
              if not case and not unknown then
                self:fail(key, "has a tag without a case")
              end
              if self.tree then
                self.tree:append_text(": " .. (case and case.name or "unrecognized"))
              end
              if not case then
                self:add(unknown, self:range(unknown, self.stop - self.at))
              elseif case.read then
                case.read(self)
              end
            end
            """#
        ),
        Helper(
            ":next_bits(",
            #"""
            -- Returns the highest or the lowest `width` bits of the next byte.
            function Reader:next_bits(key, width, is_low)
              local byte = self.tvb:range(self:take(key, 1), 1):uint()
              self.at = self.at - 1
              return is_low and byte % 2 ^ width or math.floor(byte / 2 ^ (8 - width))
            end
            """#
        ),
        Helper(
            "key_of(",
            #"""
            -- Returns a text for the `count` parts of a code.
            local function key_of(parts, count)
              local texts = {}
              for index = 1, count do
                local part = parts[index]
                texts[index] = (type(part) == "number" and ("%d"):format(part) or tostring(part)) .. ","
              end
              return table.concat(texts)
            end
            """#
        ),
        Helper(
            ":enter(",
            #"""
            -- Begins a value whose type contains itself.
            function Reader:enter(name)
              self.depth = self.depth + 1
              if self.depth > MAXIMUM_DEPTH then
                self:fail(name, "nests too deeply")
              end
            end
            """#
        ),
        Helper(
            ":leave(",
            #"""
            -- Ends a value whose type contains itself.
            function Reader:leave()
              self.depth = self.depth - 1
            end
            """#
        ),
    ]
}
