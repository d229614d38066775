extension Helper {
    /// The reader: where it is in the bytes, and the part of the tree that it adds items to.
    static let readers = [
        Helper(
            "Reader",
            #"""
            -- Reads the values of a frame, and adds them to the tree.
            local Reader = {}
            Reader.__index = Reader
            """#
        ),
        Helper(
            "new_reader(",
            #"""
            -- Returns a reader of the bytes from `at` to `stop`. Without a tree, it only finds out where values end.
            -- `is_open` says whether the stream may have more bytes after `stop`.
            local function new_reader(tvb, at, stop, tree, is_open)
              return setmetatable({ tvb = tvb, at = at, stop = stop, tree = tree, is_open = is_open, depth = 0 }, Reader)
            end
            """#
        ),
        Helper(
            ":fail(",
            #"""
            -- Ends the frame: `reason` says what is wrong with the field `key`.
            function Reader:fail(key, reason)
              error({ at = self.at, reason = ("%s %s"):format(key, reason) }, 0)
            end
            """#
        ),
        Helper(
            ":fail_short(",
            #"""
            -- Ends the frame within the field `key`: the next segment may have the `missing` bytes.
            function Reader:fail_short(key, missing)
              error({ at = self.at, reason = key .. " is cut off", missing = self.is_open and missing or nil }, 0)
            end
            """#
        ),
        Helper(
            ":take(",
            #"""
            -- Skips the `size` bytes of the field `key`, and returns where they begin.
            function Reader:take(key, size)
              local at = self.at
              if size > self.stop - at then
                self:fail_short(key, size - (self.stop - at))
              end
              self.at = at + size
              return at
            end
            """#
        ),
        Helper(
            ":range(",
            #"""
            -- Skips the `size` bytes of the field `key`, and returns them.
            function Reader:range(key, size)
              return self.tvb:range(self:take(key, size), size)
            end
            """#
        ),
        Helper(
            ":rest(",
            #"""
            -- Returns the number of bytes that are left.
            function Reader:rest()
              return self.stop - self.at
            end
            """#
        ),
        Helper(
            ":add(",
            #"""
            -- Adds an item to the tree, if there is one.
            function Reader:add(key, range, value)
              if self.tree and value == nil then
                self.item = self.tree:add(fields[key], range)
              elseif self.tree then
                self.item = self.tree:add(fields[key], range, value)
              end
            end
            """#
        ),
        Helper(
            ":add_number(",
            #"""
            -- Adds a number, whose bytes are `range`, to the tree.
            function Reader:add_number(key, range, is_little)
              self.number = { range = range, is_little = is_little, is_masked = range:len() <= 4 }
              if self.tree and is_little then
                self.item = self.tree:add_le(fields[key], range)
              elseif self.tree then
                self.item = self.tree:add(fields[key], range)
              end
            end
            """#
        ),
    ]
}
