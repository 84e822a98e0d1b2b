using System.Buffers;

namespace Rotel.Configuration;

/// <summary>What an exporter may be called: its name is part of environment variables, keys and flags.</summary>
internal static class ExporterName
{
    private static readonly SearchValues<char> Allowed = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789-_");

    /// <summary>What is wrong with a lower-case name; null when it is fine.</summary>
    public static string? Problem(string name)
    {
        if (name.AsSpan().ContainsAnyExcept(Allowed))
            return "the name of an exporter may contain letters, digits, '-' and '_' only";

        // ROTEL_EXPORTER_RETRY_… are the retries of every exporter.
        return name == "retry" ? "an exporter cannot be named retry: ROTEL_EXPORTER_RETRY_… are settings of all exporters" : null;
    }
}
