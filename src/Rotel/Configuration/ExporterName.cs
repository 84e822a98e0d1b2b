using System.Buffers;

namespace Rotel.Configuration;

/// <summary>What an exporter or a processor may be called: its name is part of environment variables, keys and flags.</summary>
internal static class ExporterName
{
    private static readonly SearchValues<char> Allowed = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789-_");

    /// <summary>What is wrong with a lower-case name; null when it is fine.</summary>
    /// <param name="name">The name.</param>
    /// <param name="what">What is called so: <c>exporter</c> or <c>processor</c>.</param>
    public static string? Problem(string name, string what = "exporter")
    {
        if (name.AsSpan().ContainsAnyExcept(Allowed))
            return $"the name of {(what[0] == 'e' ? "an" : "a")} {what} may contain letters, digits, '-' and '_' only";

        // ROTEL_EXPORTER_RETRY_… are the retries of every exporter.
        return name == "retry" && what == "exporter" ? "an exporter cannot be named retry: ROTEL_EXPORTER_RETRY_… are settings of all exporters" : null;
    }
}
