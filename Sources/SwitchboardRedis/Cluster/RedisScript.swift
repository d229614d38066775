/// A Lua script that Redis runs as one step.
///
/// Each script takes its time from Redis, so that the clocks of servers do not matter. Redis 5 and later replicate the effects of a
/// script, so it may write after it has asked for the time.
enum RedisScript: String, CaseIterable {
    /// Takes messages from the shared rate: the generic cell rate algorithm.
    ///
    /// The key has the time in microseconds up to which messages are paid for. Arguments: messages per second, microseconds that the
    /// bucket holds, the wanted number of messages. Returns the granted number. After a clock that was ahead, the bucket is empty.
    case takeMessages = """
        local time = redis.call('TIME')
        local now = time[1] * 1000000 + time[2]
        local cost, burst, wanted = 1000000 / ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3])
        local paid = tonumber(redis.call('GET', KEYS[1]) or '0') or 0
        local isAhead = paid > now + burst
        paid = math.min(math.max(paid, now), now + burst)
        local granted = math.max(math.min(wanted, math.floor((now + burst - paid) / cost + 0.000001)), 0)
        if granted > 0 or isAhead then
            redis.call('SET', KEYS[1], string.format('%.3f', paid + granted * cost), 'PX', math.ceil(burst / 1000) + 1000)
        end
        return granted
        """

    /// Extends the lifetime of a server.
    ///
    /// Keys: the sorted set of servers with the time in milliseconds at which each expires, the server's peers, its users, its rooms.
    /// Arguments: the server, its lifetime in milliseconds. Returns the time in milliseconds, the number of living servers, and whether
    /// peers, users or rooms had expired: each key has an empty field or member from the start.
    case renew = """
        local time = redis.call('TIME')
        local now = time[1] * 1000 + math.floor(time[2] / 1000)
        redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', string.format('(%.0f', now))
        redis.call('ZADD', KEYS[1], string.format('%.0f', now + ARGV[2]), ARGV[1])
        if redis.call('PTTL', KEYS[1]) < tonumber(ARGV[2]) then redis.call('PEXPIRE', KEYS[1], ARGV[2]) end
        local new = redis.call('HSET', KEYS[2], '', '') + redis.call('HSET', KEYS[3], '', '') + redis.call('ZADD', KEYS[4], 0, '')
        for key = 2, 4 do redis.call('PEXPIRE', KEYS[key], ARGV[2]) end
        return {string.format('%.0f', now), redis.call('ZCARD', KEYS[1]), new}
        """

    /// Counts a connection of a user, unless the living servers have too many together.
    ///
    /// Keys: the servers, the users of this server. Arguments: the server, what the keys of users begin with, the field of the user,
    /// the number of connections on this server, the limit, the lifetime in milliseconds. Returns 1 when the connection is counted.
    case admit = """
        local time = redis.call('TIME')
        local now = time[1] * 1000 + math.floor(time[2] / 1000)
        local sum, limit = tonumber(ARGV[4]), tonumber(ARGV[5])
        for _, server in ipairs(redis.call('ZRANGEBYSCORE', KEYS[1], string.format('%.0f', now), '+inf')) do
            if server ~= ARGV[1] then
                sum = sum + math.max(tonumber(redis.call('HGET', ARGV[2] .. server, ARGV[3]) or '0') or 0, 0)
            end
            if sum > limit then return 0 end
        end
        if sum > limit then return 0 end
        redis.call('HSET', KEYS[2], ARGV[3], ARGV[4])
        if redis.call('PTTL', KEYS[2]) < 0 then redis.call('PEXPIRE', KEYS[2], ARGV[6]) end
        return 1
        """
}
