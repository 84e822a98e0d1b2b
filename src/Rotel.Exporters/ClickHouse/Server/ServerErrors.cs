using System.Collections.Frozen;

namespace Rotel.Exporters.ClickHouse.Server;

/// <summary>
/// What ClickHouse's errors (the table <c>system.errors</c>) and the bare HTTP statuses of what stands before it mean. Errors that are not
/// listed are tried again: what is given up for good is lost, and most errors of a server are of its state, not of the rows.
/// </summary>
internal static class ServerErrors
{
    public const int UnknownTable = 60;
    public const int UnknownDatabase = 81;
    public const int AccessDenied = 497;

    /// <summary>Of one replica, while others may well write.</summary>
    public const int TableIsReadOnly = 242;

    private const int TooManyParts = 252;

    private static readonly FrozenDictionary<int, ServerVerdict> Verdicts = new Dictionary<int, ServerVerdict>
    {
        [UnknownTable] = ServerVerdict.NoTable,
        [UnknownDatabase] = ServerVerdict.NoTable,
        [218] = ServerVerdict.NoTable, // TABLE_IS_DROPPED

        [192] = ServerVerdict.Credentials, // UNKNOWN_USER
        [193] = ServerVerdict.Credentials, // WRONG_PASSWORD
        [194] = ServerVerdict.Credentials, // REQUIRED_PASSWORD
        [195] = ServerVerdict.Credentials, // IP_ADDRESS_NOT_ALLOWED
        [516] = ServerVerdict.Credentials, // AUTHENTICATION_FAILED
        [291] = ServerVerdict.AccessDenied, // DATABASE_ACCESS_DENIED
        [AccessDenied] = ServerVerdict.AccessDenied,

        [115] = ServerVerdict.Setting, // UNKNOWN_SETTING
        [164] = ServerVerdict.Setting, // READONLY
        [344] = ServerVerdict.Setting, // SUPPORT_IS_DISABLED: of two settings together
        [452] = ServerVerdict.Setting, // SETTING_CONSTRAINT_VIOLATION
        [472] = ServerVerdict.Setting, // READONLY_SETTING

        [8] = ServerVerdict.OtherColumns, // THERE_IS_NO_COLUMN
        [10] = ServerVerdict.OtherColumns, // NOT_FOUND_COLUMN_IN_BLOCK
        [16] = ServerVerdict.OtherColumns, // NO_SUCH_COLUMN_IN_TABLE
        [20] = ServerVerdict.OtherColumns, // NUMBER_OF_COLUMNS_DOESNT_MATCH
        [44] = ServerVerdict.OtherColumns, // ILLEGAL_COLUMN
        [47] = ServerVerdict.OtherColumns, // UNKNOWN_IDENTIFIER
        [50] = ServerVerdict.OtherColumns, // UNKNOWN_TYPE
        [53] = ServerVerdict.OtherColumns, // TYPE_MISMATCH
        [70] = ServerVerdict.OtherColumns, // CANNOT_CONVERT_TYPE
        [122] = ServerVerdict.OtherColumns, // INCOMPATIBLE_COLUMNS

        [241] = ServerVerdict.MemoryLimit, // MEMORY_LIMIT_EXCEEDED
        [173] = ServerVerdict.MemoryLimit, // CANNOT_ALLOCATE_MEMORY

        [TooManyParts] = ServerVerdict.TooManyParts,
        [364] = ServerVerdict.TooManyParts, // RECEIVED_ERROR_TOO_MANY_REQUESTS

        // What is wrong with the rows or with how we write them stays wrong.
        [6] = ServerVerdict.Rejected, // CANNOT_PARSE_TEXT
        [9] = ServerVerdict.Rejected, // SIZES_OF_COLUMNS_DOESNT_MATCH
        [33] = ServerVerdict.Rejected, // CANNOT_READ_ALL_DATA
        [36] = ServerVerdict.Rejected, // BAD_ARGUMENTS
        [62] = ServerVerdict.Rejected, // SYNTAX_ERROR
        [69] = ServerVerdict.Rejected, // ARGUMENT_OUT_OF_BOUND
        [73] = ServerVerdict.Rejected, // UNKNOWN_FORMAT
        [117] = ServerVerdict.Rejected, // INCORRECT_DATA
        [128] = ServerVerdict.Rejected, // TOO_LARGE_ARRAY_SIZE
        [131] = ServerVerdict.Rejected, // TOO_LARGE_STRING_SIZE
        [190] = ServerVerdict.Rejected, // SIZES_OF_ARRAYS_DOESNT_MATCH
        [261] = ServerVerdict.Rejected, // UNKNOWN_BLOCK_INFO_FIELD
        [321] = ServerVerdict.Rejected, // VALUE_IS_OUT_OF_RANGE_OF_DATA_TYPE
        [349] = ServerVerdict.Rejected, // CANNOT_INSERT_NULL_IN_ORDINARY_COLUMN
        [366] = ServerVerdict.Rejected, // SIZES_OF_NESTED_COLUMNS_ARE_INCONSISTENT
        [469] = ServerVerdict.Rejected, // VIOLATED_CONSTRAINT
    }.ToFrozenDictionary();

    /// <summary>
    /// Errors behind which the rows may be written all the same: the server gave up waiting, or lost touch with its replicas half way.
    /// </summary>
    private static readonly FrozenSet<int> Uncertain = new[]
    {
        159, // TIMEOUT_EXCEEDED, also of waiting for an asynchronous insert
        209, // SOCKET_TIMEOUT
        210, // NETWORK_ERROR
        225, // NO_ZOOKEEPER
        236, // ABORTED
        244, // UNEXPECTED_ZOOKEEPER_ERROR
        286, // UNSATISFIED_QUORUM_FOR_PREVIOUS_WRITE
        319, // UNKNOWN_STATUS_OF_INSERT
        394, // QUERY_WAS_CANCELLED
        999, // KEEPER_EXCEPTION
        1000, // POCO_EXCEPTION
        1001, // STD_EXCEPTION
        1002, // UNKNOWN_EXCEPTION
    }.ToFrozenSet();

    /// <summary>What a failure means.</summary>
    public static ServerVerdict Of(in ServerAnswer answer)
    {
        if (answer.Kind != ServerAnswerKind.Failure)
            return ServerVerdict.Retry;
        if (answer.Code == TooManyParts && answer.Text.Contains("Too many partitions", StringComparison.Ordinal))
            return ServerVerdict.TooManyPartitions;
        if (answer.Code != 0)
            return Verdicts.GetValueOrDefault(answer.Code, ServerVerdict.Retry);
        return answer.Status switch
        {
            401 or 403 => ServerVerdict.Credentials,

            // Of what stands before the server, and nothing the rows can help: it answered differently when the table was looked at.
            < 400 or 404 or 407 or 408 or 429 => ServerVerdict.Retry,
            413 => ServerVerdict.TooLarge,
            < 500 => ServerVerdict.Rejected,
            _ => ServerVerdict.Retry,
        };
    }

    /// <summary>
    /// Whether the rows may be written in spite of a failure. A proxy's 500, 502 or 504 says that nobody knows, and so may its 503; every
    /// other error of ClickHouse, that nothing was done, unless it is of a view: then the rows are in the table, and the same insert again
    /// brings them to the view.
    /// </summary>
    public static bool LeavesUnknown(in ServerAnswer answer) => answer.Kind switch
    {
        ServerAnswerKind.Success or ServerAnswerKind.Unreachable => false,
        ServerAnswerKind.Unanswered => answer.MayHaveArrived,
        _ => answer.Code != 0
            ? answer.IsOfView || Uncertain.Contains(answer.Code)
            : answer.MayHaveArrived && (answer.Status is >= 200 and < 300 or 408 or >= 500 and not 501 and not 503 || answer.IsBrokenOff),
    };
}
