using Microsoft.Extensions.Logging;

namespace Rotel.Exporters;

/// <summary>The log events of exporters; ids from 4000.</summary>
internal static partial class ExporterLog
{
    [LoggerMessage(
        4001,
        LogLevel.Warning,
        "Exporter '{Exporter}' takes any certificate from {Destination} ({Setting}), so whoever is in between can read and change "
        + "all it sends.")]
    public static partial void VerificationSkipped(this ILogger logger, string exporter, string destination, string setting);

    [LoggerMessage(
        4002,
        LogLevel.Warning,
        "Exporter '{Exporter}' sends credentials to {Destination} without TLS, so whoever is in between can read them.")]
    public static partial void CredentialsInClear(this ILogger logger, string exporter, string destination);

    [LoggerMessage(
        4010,
        LogLevel.Warning,
        "Exporter '{Exporter}' no longer sends the setting {Setting}, which the server does not take; {Consequence}. "
        + "Last message: {Message}")]
    public static partial void SettingLeftOut(this ILogger logger, string exporter, string setting, string consequence, string message);

    [LoggerMessage(
        4011,
        LogLevel.Warning,
        "Exporter '{Exporter}' may not look at the table {Table}, so only the columns that every such table has are filled; "
        + "GRANT SHOW COLUMNS on it to the exporter's user. Last message: {Message}")]
    public static partial void DescriptionDenied(this ILogger logger, string exporter, string table, string message);

    [LoggerMessage(4012, LogLevel.Information, "Exporter '{Exporter}' has created the tables for {Signal} in the database {Database}.")]
    public static partial void SchemaCreated(this ILogger logger, string exporter, string signal, string database);

    [LoggerMessage(
        4013,
        LogLevel.Warning,
        "Exporter '{Exporter}' could not create all that belongs to the tables for {Signal} in the database {Database}; rows are inserted "
        + "all the same. `{Command}` creates what is missing. Last message: {Message}")]
    public static partial void SchemaUnfinished(
        this ILogger logger, string exporter, string signal, string database, string command, string message);

    [LoggerMessage(
        4200,
        LogLevel.Error,
        "Exporter '{Exporter}' delivers nothing: {Destination} refuses the API key. Either the key is wrong (setting api_key), or it belongs "
        + "to another region (setting region). It is tried again every minute; telemetry waits as long as retries allow. "
        + "Last message: {Message}")]
    public static partial void KeyRefused(this ILogger logger, string exporter, string destination, string? message);

    [LoggerMessage(4201, LogLevel.Information, "Exporter '{Exporter}': the API key is taken by {Destination} again.")]
    public static partial void KeyTaken(this ILogger logger, string exporter, string destination);
}
