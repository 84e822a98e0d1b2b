namespace Rotel.Exporters.ClickHouse;

/// <summary>How far an insert has come.</summary>
internal enum InsertState
{
    /// <summary>Still to be sent, or sent again.</summary>
    Pending,

    /// <summary>The server has the rows.</summary>
    Delivered,

    /// <summary>The server will not take the rows, however often they are sent.</summary>
    Rejected,
}
