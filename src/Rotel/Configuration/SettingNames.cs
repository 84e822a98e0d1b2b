namespace Rotel.Configuration;

/// <summary>The three names of one setting.</summary>
/// <param name="Key">In the configuration: <c>Rotel:Exporters:vendor:RequestTimeout</c>.</param>
/// <param name="Variable">In the environment: <c>ROTEL_EXPORTER_VENDOR_REQUEST_TIMEOUT</c>.</param>
internal readonly record struct SettingNames(string Key, string Variable)
{
    /// <summary>On the command line: <c>--exporter-vendor-request-timeout</c>.</summary>
    public string Flag => FlagOf(Variable);

    public static string FlagOf(string variable) =>
        "--" + variable[SettingScope.VariablePrefix.Length..].Replace('_', '-').ToLowerInvariant();

    public override string ToString() => $"{Key} ({Variable})";
}
