namespace Rotel.ClickHouse.TestKit.Server;

/// <summary>
/// The HTTP status that a server gives each of its error codes; all others, memory limits and too many parts among them, are 500.
/// </summary>
internal static class ErrorStatus
{
    public const int AuthenticationFailed = 516;

    public static int Of(int code) => code switch
    {
        // Something is wrong with the values or the text of a statement.
        6 or 8 or 15 or 25 or 26 or 27 or 36 or 37 or 38 or 41 or 44 or 53 or 62 or 72 or 117 or 123 or 167 or 168 or 223 or 321
            or 376 or 427 or 441 or 675 or 676 => 400,
        194 => 401, // REQUIRED_PASSWORD
        192 or 193 or 497 or 512 or AuthenticationFailed => 403,

        // Something is unknown: a table, a database, a setting ...
        46 or 47 or 50 or 56 or 60 or 63 or 73 or 78 or 81 or 115 or 152 or 336 or 511 => 404,
        159 => 408, // TIMEOUT_EXCEEDED
        381 => 411, // HTTP_LENGTH_REQUIRED
        229 => 413, // QUERY_IS_TOO_LARGE
        779 => 415, // UNSUPPORTED_MEDIA_TYPE
        48 => 501, // NOT_IMPLEMENTED
        76 or 209 or 439 => 503, // CANNOT_OPEN_FILE, SOCKET_TIMEOUT, CANNOT_SCHEDULE_TASK
        _ => 500,
    };
}
