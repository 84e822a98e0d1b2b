using System.Text;

namespace Rotel.Configuration;

/// <summary>What a group of settings belongs to; every name of a setting is made here.</summary>
/// <param name="Section">The configuration section: <c>Rotel:Exporters:vendor</c>.</param>
/// <param name="Prefix">What the environment variables begin with: <c>ROTEL_EXPORTER_VENDOR_</c>.</param>
internal sealed record SettingScope(string Section, string Prefix)
{
    public const string RootSection = "Rotel";
    public const string VariablePrefix = "ROTEL_";

    public static SettingScope Global { get; } = new(RootSection, VariablePrefix);

    /// <summary>The single form: one exporter, known by its type.</summary>
    public static SettingScope SingleExporter(string type) =>
        new($"{RootSection}:{ToPascalCase(type)}Exporter", $"{VariablePrefix}{Upper(type)}_EXPORTER_");

    /// <summary>The named form.</summary>
    public static SettingScope NamedExporter(string name) =>
        new($"{RootSection}:Exporters:{name}", $"{VariablePrefix}EXPORTER_{Upper(name)}_");

    /// <summary>A receiver other than OTLP, known by its type.</summary>
    public static SettingScope Receiver(string type) =>
        new($"{RootSection}:{ToPascalCase(type)}Receiver", $"{VariablePrefix}{Upper(type)}_RECEIVER_");

    /// <summary>A built-in processor.</summary>
    public static SettingScope Processor(string name) =>
        new($"{RootSection}:Processors:{name}", $"{VariablePrefix}PROCESSOR_{Upper(name)}_");

    /// <summary>The names of a setting, given its name in snake case.</summary>
    public SettingNames For(string setting) => new($"{Section}:{ToPascalCase(setting)}", Prefix + Upper(setting));

    private static string Upper(string name) => name.Replace('-', '_').ToUpperInvariant();

    private static string ToPascalCase(string snake)
    {
        var pascal = new StringBuilder(snake.Length);
        var startsWord = true;
        foreach (var c in snake)
        {
            if (c is '_' or '-')
            {
                startsWord = true;
                continue;
            }

            pascal.Append(startsWord ? char.ToUpperInvariant(c) : c);
            startsWord = false;
        }

        return pascal.ToString();
    }
}
