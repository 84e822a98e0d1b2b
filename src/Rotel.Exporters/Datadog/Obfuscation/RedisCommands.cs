using System.Buffers;
using System.Collections.Frozen;
using System.Text;

namespace Rotel.Exporters.Datadog.Obfuscation;

/// <summary>
/// How many arguments of a Redis command name what it is about (keys, fields, ranges, options); what follows is a value. Commands that
/// are not here keep none: a password must not show because its command is young.
/// </summary>
internal static class RedisCommands
{
    private const int MaxLength = 24;

    private const string KeepAll =
        "BLMOVE BLPOP BRPOP BRPOPLPUSH BZPOPMAX BZPOPMIN BITCOUNT BITOP BITPOS BGREWRITEAOF BGSAVE CLIENT CLUSTER COMMAND COPY DBSIZE DECR "
        + "DECRBY DEL DISCARD DUMP EXEC EXISTS EXPIRE EXPIREAT EXPIRETIME FLUSHALL FLUSHDB GET GETBIT GETDEL GETEX GETRANGE HDEL HEXISTS HEXPIRE "
        + "HGET HGETALL HINCRBY HINCRBYFLOAT HKEYS HLEN HMGET HPERSIST HPTTL HRANDFIELD HSCAN HSTRLEN HTTL HVALS INCR INCRBY INCRBYFLOAT INFO "
        + "KEYS LASTSAVE LCS LINDEX LLEN LMOVE LMPOP LPOP LRANGE LTRIM MEMORY MGET MOVE MULTI OBJECT PERSIST PEXPIRE PEXPIREAT PEXPIRETIME "
        + "PFCOUNT PFMERGE PSUBSCRIBE PTTL PUBSUB PUNSUBSCRIBE QUIT RANDOMKEY READONLY READWRITE RENAME RENAMENX REPLICAOF ROLE RPOP RPOPLPUSH "
        + "SAVE SCAN SCARD SDIFF SDIFFSTORE SELECT SINTER SINTERCARD SINTERSTORE SLOWLOG SMEMBERS SORT SORT_RO SPOP SRANDMEMBER SSCAN "
        + "SSUBSCRIBE STRLEN SUBSCRIBE SUBSTR SUNION SUNIONSTORE SUNSUBSCRIBE SWAPDB TIME TOUCH TTL TYPE UNLINK UNSUBSCRIBE UNWATCH WAIT "
        + "WATCH XACK XAUTOCLAIM XCLAIM XDEL XGROUP XINFO XLEN XPENDING XRANGE XREAD XREADGROUP XREVRANGE XTRIM ZCARD ZCOUNT ZDIFF ZDIFFSTORE "
        + "ZINTER ZINTERCARD ZINTERSTORE ZMPOP ZPOPMAX ZPOPMIN ZRANDMEMBER ZREMRANGEBYRANK ZREMRANGEBYSCORE ZREVRANGE ZREVRANGEBYSCORE "
        + "ZRANGEBYSCORE ZSCAN ZUNION ZUNIONSTORE";

    private const string KeepTwo = "CONFIG EVALSHA EVALSHA_RO HMSET HSET HSETNX LINSERT LREM LSET PSETEX RESTORE SENTINEL SETBIT SETEX SETRANGE SMOVE ZINCRBY";

    private const string KeepOne =
        "APPEND BITFIELD BITFIELD_RO DEBUG FUNCTION GEOADD GEODIST GEOHASH GEOPOS GEORADIUS GEORADIUSBYMEMBER GEOSEARCH GEOSEARCHSTORE GETSET "
        + "LPOS LPUSH LPUSHX MSET MSETNX PFADD PUBLISH RPUSH RPUSHX SADD SCRIPT SET SETNX SISMEMBER SMISMEMBER SPUBLISH SREM XADD ZADD ZLEXCOUNT "
        + "ZMSCORE ZRANGE ZRANGEBYLEX ZRANK ZREM ZREMRANGEBYLEX ZREVRANGEBYLEX ZREVRANK ZSCORE";

    private const string KeepNone = "ACL AUTH ECHO EVAL EVAL_RO FCALL FCALL_RO HELLO MIGRATE PING";

    private static readonly FrozenDictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> Kept = Table();

    /// <summary>The arguments to keep, or -1 for a command that is not known.</summary>
    public static int KeptArguments(ReadOnlySpan<byte> command)
    {
        Span<char> name = stackalloc char[MaxLength];
        return command.Length <= MaxLength && Ascii.ToUtf16(command, name, out var length) == OperationStatus.Done
            && Kept.TryGetValue(name[..length], out var kept) ? kept : -1;
    }

    /// <summary>Whether the word that follows is part of the command's name.</summary>
    public static bool IsCompound(ReadOnlySpan<byte> command) => command.Length switch
    {
        5 => Ascii.EqualsIgnoreCase(command, "DEBUG"u8),
        6 => Ascii.EqualsIgnoreCase(command, "CLIENT"u8) || Ascii.EqualsIgnoreCase(command, "CONFIG"u8)
            || Ascii.EqualsIgnoreCase(command, "SCRIPT"u8),
        7 => Ascii.EqualsIgnoreCase(command, "CLUSTER"u8) || Ascii.EqualsIgnoreCase(command, "COMMAND"u8),
        _ => false,
    };

    private static FrozenDictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> Table()
    {
        var kept = new Dictionary<string, int>(StringComparer.OrdinalIgnoreCase);
        Add(KeepNone, 0);
        Add(KeepOne, 1);
        Add(KeepTwo, 2);
        Add(KeepAll, int.MaxValue);
        return kept.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase).GetAlternateLookup<ReadOnlySpan<char>>();

        void Add(string names, int count)
        {
            foreach (var name in names.Split(' '))
                kept.Add(name, count);
        }
    }
}
