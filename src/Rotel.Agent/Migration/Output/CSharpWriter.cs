using System.Text;

namespace Rotel.Agent.Migration.Output;

/// <summary>Writes a configuration as C#: an extension method that a host calls in place of <c>AddRotel</c>.</summary>
internal static class CSharpWriter
{
    public const string FileName = "MigratedRotel.cs";

    /// <summary>What adds an exporter, a processor or a receiver of a type.</summary>
    private static readonly Dictionary<string, string> Methods = new(StringComparer.Ordinal)
    {
        ["otlp"] = "AddOtlp",
        ["clickhouse"] = "AddClickHouse",
        ["datadog"] = "AddDatadog",
        ["file"] = "AddFile",
        ["blackhole"] = "AddBlackhole",
        ["kafka"] = "AddKafka",
        ["attributes"] = "AddAttributes",
        ["resource"] = "AddResource",
        ["redaction"] = "AddRedaction",
        ["filter"] = "AddFilter",
        ["probabilistic_sampler"] = "AddProbabilisticSampler",
        ["rename"] = "AddRename",
        ["truncate"] = "AddTruncate",
    };

    public static string Write(MigratedConfiguration configuration, string origin)
    {
        var namespaces = new SortedSet<string>(StringComparer.Ordinal) { "Microsoft.Extensions.DependencyInjection", "Rotel", "System" };
        var difference = new OptionsDifference(new CSharpLiteral(namespaces));
        var body = new StringBuilder();
        var global = configuration.Global;
        foreach (var statement in difference.Statements("rotel", global.CreateOptions(), global.OptionsWithValues()))
            body.AppendLine($"            {statement}");
        AppendVariables(body, global, "            ");
        if (!configuration.ReceivesOtlp)
            body.AppendLine("            rotel.Receivers.Remove(\"otlp\");");
        foreach (var receiver in configuration.Receivers)
            AppendGroup(body, "Receivers", receiver, difference);
        foreach (var processor in configuration.Processors)
            AppendGroup(body, "Processors", processor, difference);
        foreach (var exporter in configuration.Exporters)
            AppendGroup(body, "Exporters", exporter, difference);
        string[] conditions = [.. configuration.Processors.SelectMany(processor => processor.Code)];
        if (conditions.Length > 0)
            namespaces.Add("Rotel.Processors.Filtering");
        if (conditions.Any(code => code.Contains("Activity", StringComparison.Ordinal)))
            namespaces.Add("System.Diagnostics");

        var usings = string.Join('\n', namespaces
            .OrderBy(name => name.StartsWith("System", StringComparison.Ordinal) ? 0 : 1)
            .ThenBy(name => name, StringComparer.Ordinal)
            .Select(name => $"using {name};"));
        return $$"""
            // From {{origin}}, by rotel migrate. Code wins over the environment, which wins over appsettings.json:
            // use this file or that one. Neither holds a secret.
            {{usings}}

            internal static class MigratedRotel
            {
                /// <summary>Adds Rotel with what was migrated.</summary>
                public static IServiceCollection AddMigratedRotel(this IServiceCollection services) =>
                    services.AddRotel(rotel =>
                    {
            {{body.ToString().ReplaceLineEndings("\n").TrimEnd('\n')}}
                    });
            }

            """.ReplaceLineEndings("\n");
    }

    private static void AppendGroup(StringBuilder body, string collection, MigratedGroup group, OptionsDifference difference)
    {
        // A receiver is known by its type and has no other name.
        var isReceiver = collection == "Receivers";
        var name = isReceiver ? "" : CSharpLiteral.Text(group.Name);
        var variable = group.Type is "probabilistic_sampler" ? "sampler" : group.Type;
        string[] statements = [.. difference.Statements(variable, group.CreateOptions(), group.OptionsWithValues()), .. group.Code];
        if (statements.Length == 0)
        {
            AppendVariables(body, group, "            ");
            body.AppendLine($"            rotel.{collection}.{Methods[group.Type]}({name});");
            return;
        }

        body.AppendLine($"            rotel.{collection}.{Methods[group.Type]}({name}{(isReceiver ? "" : ", ")}{variable} =>");
        body.AppendLine("            {");
        foreach (var statement in statements)
            body.AppendLine($"                {statement}");
        AppendVariables(body, group, "                ");
        body.AppendLine("            });");
    }

    /// <summary>They are read for what only code names, too, so that code need not.</summary>
    private static void AppendVariables(StringBuilder body, MigratedGroup group, string indent)
    {
        foreach (var line in group.Environment)
            body.AppendLine($"{indent}// from the environment: {line.Variable}");
    }
}
