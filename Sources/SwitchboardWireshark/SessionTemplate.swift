/// The source of ``Session``, with all lines that some dissector has.
///
/// A line with a mark is only in dissectors that meet the conditions after the mark. `$NAME` stands for a value.
enum SessionTemplate {
    /// The mark before the conditions of a line.
    static let mark = " --?"

    /// The lines.
    static let text = #"""
        -- Connections ---------------------------------------------------------------------------------------------

        -- The state of each TCP connection, by its number in the capture.
        local conversations = {}
        -- What was found out about each frame when Wireshark first read the capture, by the number of its packet.
        local records = {}
        -- The packet that is dissected, and how many of its frames were found.
        local visit = { number = 0, index = 0 }
        local tcp_stream = Field.new("tcp.stream")

        function proto.init()
          conversations, records, visit = {}, {}, { number = 0, index = 0 }
        end

        local function conversation_of_packet()
          local stream = tcp_stream()
          local number = stream and stream.value or -1
          if not conversations[number] then
            conversations[number] = {
              -- The form of the next frame of each end.
              forms = { client = $CLIENT_FORM, server = $SERVER_FORM },
              -- The requests of each end that have no reply yet. --? requests
              pending = { client = {}, server = {} }, --? requests
            }
          end
          return conversations[number]
        end

        -- Returns which end sends the packet. The server has one of the ports; otherwise the first packet decides.
        local function sender_of(pinfo, conversation)
          local source = ("%s %d"):format(tostring(pinfo.src), pinfo.src_port)
          local destination = ("%s %d"):format(tostring(pinfo.dst), pinfo.dst_port)
          if not conversation.client then
            conversation.client = $FIRST_SENDER
            for _, port in ipairs({ pinfo.match_uint, proto.prefs.tls_port, proto.prefs.port }) do
              if pinfo.src_port ~= pinfo.dst_port and port == pinfo.dst_port then
                conversation.client = source
              elseif pinfo.src_port ~= pinfo.dst_port and port == pinfo.src_port then
                conversation.client = destination
              end
            end
          end
          return conversation.client == source and "client" or "server"
        end

        -- Pairs a request with its reply. --? requests
        local function pair(conversation, record, h) --? requests
          local message = h.message --? requests
          local requests = conversation.pending[h.sender == "client" and "server" or "client"] --? requests
          local request = message and (message.is_reply or message.is_error) and requests[h.id] --? requests correlation
          if request and (message.is_error or request.message.reply == message.name) then --? requests correlation
            requests[h.id] = nil --? requests correlation
            record.request, request.reply = request, record --? requests correlation
          end --? requests correlation
          if h.id and message and message.reply then --? requests correlation
            conversation.pending[h.sender][h.id] = record --? requests correlation
          end --? requests correlation
          if message and (message.is_reply or message.is_error) then --? requests !correlation
            for index, request in ipairs(requests) do --? requests !correlation
              if message.is_error or request.message.reply == message.name then --? requests !correlation
                record.request, request.reply = request, record --? requests !correlation
                -- Replies come in the order of the requests: the capture lacks the replies to earlier ones. --? requests !correlation
                for _ = 1, index do --? requests !correlation
                  table.remove(requests, 1) --? requests !correlation
                end --? requests !correlation
                break --? requests !correlation
              end --? requests !correlation
            end --? requests !correlation
          end --? requests !correlation
          if message and message.reply then --? requests !correlation
            local sent = conversation.pending[h.sender] --? requests !correlation
            if #sent == MAXIMUM_PENDING then --? requests !correlation
              table.remove(sent, 1) --? requests !correlation
            end --? requests !correlation
            sent[#sent + 1] = record --? requests !correlation
          end --? requests !correlation
        end --? requests
         --? requests
        -- Returns the message that a reply without a code must be: the one that its request names. --? replies
        local function expected_reply(conversation, h) --? replies
          local requests = conversation.pending[h.sender == "client" and "server" or "client"] --? replies
          local request = requests[h.id] --? replies correlation
          local request = requests[1] --? replies !correlation
          return request and messages[request.message.reply] --? replies
        end --? replies
         --? replies
        -- Returns what was found out about the next frame of the packet; nil when Wireshark first reads the packet.
        local function next_record(pinfo)
          if visit.number ~= pinfo.number then
            visit.number, visit.index = pinfo.number, 0
          end
          local known = records[pinfo.number]
          return pinfo.visited and known and known[visit.index % #known + 1] or nil
        end

        -- Remembers a frame when Wireshark first reads it.
        local function remember(pinfo, conversation, form, h)
          local record = { form = form, message = h.message, number = pinfo.number, time = pinfo.rel_ts }
          records[pinfo.number] = records[pinfo.number] or {}
          table.insert(records[pinfo.number], record)
          pair(conversation, record, h) --? requests
          for sender, name in pairs(h.message and h.message.followed_by or {}) do --? then
            conversation.forms[sender] = name --? then
          end --? then
          return record
        end

        -- Frames --------------------------------------------------------------------------------------------------

        -- Finds the parts of the frame at `h.start`, which ends before `stop`. It reads the header into `h`.
        local function find_parts(tvb, stop, form, h, is_open) --? !replies
        local function find_parts(tvb, stop, form, h, is_open, conversation, record) --? replies
          local r = new_reader(tvb, h.start, stop, nil, is_open)
          form.header(r, h)
          h.payload = r.at
          local other = h.sender == "client" and "server" or "client"
          h.message = form.messages[h.sender][h.code] or form.messages[other][h.code]
          if form.has_replies then --? replies
            h.message = record and record.message or expected_reply(conversation, h) --? replies
          end --? replies
          local trailer_size = type(form.trailer_size) == "number" and form.trailer_size or form.trailer_size(h) --? functions
          local trailer_size = form.trailer_size --? !functions
          if form.covered_trailer then --? lengths
            h.payload_end = h.counted + h.length - form.covered_trailer --? lengths
          else --? lengths framing
            h.payload_end = stop - trailer_size --? lengths framing
          elseif not h.message then --? lengths open
            r:fail("the frame", "has a code that no message has") --? lengths open
          else --? lengths open
            h.message.read(r, h) --? lengths open
            h.payload_end = r.at --? lengths open
          end --? lengths
          h.payload_end = stop - trailer_size --? !lengths framing
          if not h.message then --? !lengths open
            r:fail("the frame", "has a code that no message has") --? !lengths open
          end --? !lengths open
          h.message.read(r, h) --? !lengths open
          h.payload_end = r.at --? !lengths open
          local size = h.payload_end - h.payload
          if size < 0 then
            h.payload_end = nil
            r:fail("the frame", "is shorter than its header and its trailer")
          end
          if size > form.maximum then --? !limits
          if size > (h.message and h.message.maximum or form.maximum) then --? limits
            h.payload_end = nil
            r:fail("the frame", "has a larger payload than allowed")
          end
          r.at = h.payload
          r:take("the frame", size + trailer_size)
          h.stop = r.at
          if h.stop ~= stop then --? framing
            h.payload_end = nil --? framing
            r:fail("the frame", "has a length that does not fit its delimiters") --? framing
          end --? framing
        end

        -- Calls `read`; shows what is malformed, and the bytes that are left. Returns whether all is well.
        local function attempt(tvb, stop, root, read)
          local is_well, problem = pcall(read)
          if is_well then
            return true
          end
          if type(problem) ~= "table" then
            error(problem, 0)
          end
          local at = math.min(problem.at, stop)
          local item = root:add(fields.malformed, tvb:range(at, stop - at))
          item:add_proto_expert_info(experts.malformed, problem.reason)
          return false
        end

        -- Shows the payload of a frame; returns the values for the column Info.
        local function show_payload(tvb, stop, h, root)
          local message = h.message
          if not message then
            local item = root:add(fields.payload, tvb:range(h.payload, stop - h.payload))
            item:add_proto_expert_info(experts.unknown, "No message has the code of this frame")
            return ""
          end
          local range = tvb:range(h.payload, stop - h.payload)
          local r = new_reader(tvb, h.payload, stop, root:add(fields[message.key], range))
          if message.size and range:len() < message.size then --? truncates
            local zeros = ("\0"):rep(message.size - range:len()) --? truncates
            r.tvb = ByteArray.new(range:raw() .. zeros, true):tvb("Payload with the zeros that were not sent") --? truncates
            r.at, r.stop = 0, message.size --? truncates
          end --? truncates
          attempt(r.tvb, r.stop, root, function()
            message.read(r, h)
            if r.at < r.stop and message.may_trail then --? ignores
              r.tree:add(fields.trailing, r.tvb:range(r.at, r.stop - r.at)) --? ignores
            elseif r.at < r.stop then --? ignores
            if r.at < r.stop then --? !ignores
              r:fail("the payload", "has bytes after its last field")
            end
          end)
          return r.summary or ""
        end

        -- Shows a frame; returns its summary for the column Info.
        local function show_frame(tvb, stop, form, h, record, problem, tree)
          stop = h.stop or stop
          local root = tree:add(proto, tvb:range(h.start, stop - h.start))
          local r = new_reader(tvb, h.start, stop, root)
          if not attempt(tvb, stop, root, function()
            form.header(r, h)
          end) then
            return "Malformed frame"
          end
          local name = h.message and h.message.name or "Unknown message"
          root:append_text(", " .. name)
          root:add(fields.message, name):set_generated()
          if h.message and not form.messages[h.sender][h.code] then --? !replies
          if h.message and not form.has_replies and not form.messages[h.sender][h.code] then --? replies
            root:add_proto_expert_info(experts.direction, "The other end sends this message, or the ends are not known")
          end
          local values = ""
          if h.payload_end or h.message then
            values = show_payload(tvb, h.payload_end or stop, h, root)
          end
          if problem then
            root:add_proto_expert_info(experts.malformed, problem.reason)
          elseif form.trailer then --? trailers
            r.at = h.payload_end --? trailers
            attempt(tvb, stop, root, function() --? trailers
              form.trailer(r, h) --? trailers
            end) --? trailers
          end
          if record.request then --? requests
            local time = math.max(0, record.time - record.request.time) --? requests
            local seconds = math.floor(time) --? requests
            root:add(fields.response_to, record.request.number):set_generated() --? requests
            root:add(fields.response_time, NSTime.new(seconds, math.floor((time - seconds) * 1e9 + 0.5))):set_generated() --? requests
          end --? requests
          if record.reply then --? requests
            root:add(fields.response_in, record.reply.number):set_generated() --? requests
          end --? requests
          local kind = h.message and h.message.reply and " request" or "" --? requests
          local kind = "" --? !requests
          local id = type(h.id) == "number" and (" id=%d"):format(h.id) or "" --? correlation
          local id = "" --? !correlation
          return name .. kind .. id .. values
        end

        -- Shows the bytes from `at` on as no frame. --? framing
        local function show_noise(tvb, at, size, tree, reason) --? framing
          local root = tree:add(proto, tvb:range(at, size)) --? framing
          root:add(fields.malformed, tvb:range(at, size)):add_proto_expert_info(experts.malformed, reason) --? framing
          return "Malformed frame" --? framing
        end --? framing
         --? framing
        local unescaped = $UNESCAPE --? framing
         --? framing
        -- Packets -------------------------------------------------------------------------------------------------

        -- Asks for more bytes of the frame at `at`; returns false if there are none.
        local function wants_more(pinfo, at, missing)
          if pinfo.can_desegment == 0 then
            return false
          end
          pinfo.desegment_offset = at
          pinfo.desegment_len = missing or DESEGMENT_ONE_MORE_SEGMENT
          return true
        end

        function proto.dissector(tvb, pinfo, tree)
          local size, at = tvb:len(), 0
          local conversation = conversation_of_packet()
          local summaries = {}
          while at < size do
            local record = next_record(pinfo)
            local h = { sender = sender_of(pinfo, conversation), start = at } --? !framing
            local h = { sender = sender_of(pinfo, conversation), start = 0 } --? framing
            local form = record and record.form or forms[conversation.forms[h.sender]]
            local frame, stop = tvb, size --? !framing
            local next_at --? !framing
            local found = tvb:raw(at, size - at):find($DELIMITER, 1, true) --? framing
            if not found and size - at <= $LARGEST_PIECE and wants_more(pinfo, at) then --? framing
              break --? framing
            end --? framing
            local next_at = found and at + found - 1 + #$DELIMITER or size --? framing
            local content = found and unescaped(tvb:raw(at, found - 1)) --? framing
            if not content then --? framing
              local reason = found and "The frame has a wrong escape or digit" or "The frame has no delimiter at its end" --? framing
              summaries[#summaries + 1] = show_noise(tvb, at, next_at - at, tree, reason) --? framing
            elseif content ~= "" then --? framing
              local frame, stop = ByteArray.new(content, true):tvb("Frame without escapes"), #content --? framing
            local is_well, problem = pcall(find_parts, frame, stop, form, h, true) --? !framing !replies
            local is_well, problem = pcall(find_parts, frame, stop, form, h, true, conversation, record) --? !framing replies
              local is_well, problem = pcall(find_parts, frame, stop, form, h, false) --? framing !replies
              local is_well, problem = pcall(find_parts, frame, stop, form, h, false, conversation, record) --? framing replies
              if not is_well and type(problem) ~= "table" then --? framing
                error(problem, 0) --? framing
              end --? framing
              if not is_well then --? framing
                h.payload_end = nil --? framing
              end --? framing
              record = record or remember(pinfo, conversation, form, h) --? framing
              visit.index = visit.index + 1 --? framing
              summaries[#summaries + 1] = show_frame(frame, stop, form, h, record, not is_well and problem or nil, tree) --? framing
            end --? framing
            if not is_well and type(problem) ~= "table" then --? !framing
              error(problem, 0) --? !framing
            end --? !framing
            if not is_well and problem.missing and wants_more(pinfo, at, h.payload_end and problem.missing) then --? !framing
              break --? !framing
            end --? !framing
            if not is_well then --? !framing
              h.payload_end = nil --? !framing
            end --? !framing
            record = record or remember(pinfo, conversation, form, h) --? !framing
            visit.index = visit.index + 1 --? !framing
            summaries[#summaries + 1] = show_frame(frame, stop, form, h, record, not is_well and problem or nil, tree) --? !framing
            -- Without its length, the end of a malformed frame is not known. --? !framing
            next_at = is_well and h.stop or size --? !framing
            at = next_at
          end
          if #summaries > 0 then
            pinfo.cols.protocol = $NAME
            pinfo.cols.info = table.concat(summaries, "; ")
            pinfo.cols.info:fence()
          end
          return size
        end

        -- Registration --------------------------------------------------------------------------------------------

        local tcp_ports, tls_ports = DissectorTable.get("tcp.port"), DissectorTable.get("tls.port")
        local registered = { tcp = 0, tls = 0 }

        proto.prefs.port = Pref.uint("Server port", $DEFAULT_PORT, "The TCP port of the server; 0 for none")
        proto.prefs.tls_port = Pref.uint("Server port with TLS", 0, "The TCP port of the server with TLS; 0 for none")

        local function register()
          if registered.tcp > 0 then
            tcp_ports:remove(registered.tcp, proto)
          end
          if registered.tls > 0 then
            tls_ports:remove(registered.tls, proto)
          end
          registered.tcp, registered.tls = proto.prefs.port, proto.prefs.tls_port
          if registered.tcp > 0 then
            tcp_ports:add(registered.tcp, proto)
          end
          if registered.tls > 0 then
            tls_ports:add(registered.tls, proto)
          end
        end

        proto.prefs_changed = register
        register()
        tcp_ports:add_for_decode_as(proto)
        tls_ports:add_for_decode_as(proto)
         --? heuristic
        -- Recognizes the protocol on other ports by the magic of its first frame. --? heuristic
        local function recognize(tvb, pinfo, tree) --? heuristic
          if tvb:len() < $MAGIC_SIZE then --? heuristic
            return false --? heuristic
          end --? heuristic
          local magic = tvb:raw(0, $MAGIC_SIZE) --? heuristic
          if magic ~= $CLIENT_MAGIC and magic ~= $SERVER_MAGIC then --? heuristic
            return false --? heuristic
          end --? heuristic
          pinfo.conversation = proto --? heuristic
          proto.dissector(tvb, pinfo, tree) --? heuristic
          return true --? heuristic
        end --? heuristic
         --? heuristic
        proto:register_heuristic("tcp", recognize) --? heuristic

        """#
}
