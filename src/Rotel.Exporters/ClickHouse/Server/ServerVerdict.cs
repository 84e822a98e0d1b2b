namespace Rotel.Exporters.ClickHouse.Server;

/// <summary>What an error means for the rows of an insert: a closed list.</summary>
internal enum ServerVerdict
{
    /// <summary>Another try may help.</summary>
    Retry,

    /// <summary>The table is behind with its merges: another try helps after a while.</summary>
    TooManyParts,

    /// <summary>The rows are of more days than one insert may be.</summary>
    TooManyPartitions,

    /// <summary>The rows took more memory than the server has to spare for them.</summary>
    MemoryLimit,

    /// <summary>The request is longer than somebody on the way takes.</summary>
    TooLarge,

    /// <summary>The table or its database is not there.</summary>
    NoTable,

    /// <summary>The table has other columns than it had, or of other types.</summary>
    OtherColumns,

    /// <summary>The user or the password is wrong, or is not there.</summary>
    Credentials,

    /// <summary>The user may not insert.</summary>
    AccessDenied,

    /// <summary>A parameter of the request is not known to this server or not allowed to this user.</summary>
    Setting,

    /// <summary>The rows are refused, however often they are sent.</summary>
    Rejected,
}
