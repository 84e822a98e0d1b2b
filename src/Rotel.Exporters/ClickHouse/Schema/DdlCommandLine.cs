using System.Text;
using Rotel.Exporters.ClickHouse.Server;
using Rotel.Otlp;

namespace Rotel.Exporters.ClickHouse.Schema;

/// <summary>The <c>rotel clickhouse-ddl</c> command that an exporter's options amount to, for messages; without secrets.</summary>
internal static class DdlCommandLine
{
    private static readonly ClickHouseExporterOptions Defaults = new();

    public static string Of(ClickHouseExporterOptions options)
    {
        var line = new StringBuilder("rotel clickhouse-ddl create");
        if (options.Endpoints.Count > 0)
            Append("endpoint", new ClickHouseHost(options.Endpoints[0]).Name);
        if (options.Database != Defaults.Database)
            Append(ClickHouseExporterType.Database, options.Database);
        if (options.TablePrefix != Defaults.TablePrefix)
            Append(ClickHouseExporterType.TablePrefix, options.TablePrefix);
        foreach (var (row, name) in ClickHouseExporterType.TablesOf(options))
        {
            if (name is not null)
                Append(row, name);
        }

        if (options.User is { } user)
            Append(ClickHouseExporterType.User, user);
        if (options.Password is not null)
            line.Append(" --password-file …");
        if (options.TableEngine != Defaults.TableEngine)
            Append(ClickHouseExporterType.TableEngine, options.TableEngine);
        if (options.Cluster is { } cluster)
            Append(ClickHouseExporterType.Cluster, cluster);
        if (options.EnableJson)
            line.Append(" --enable-json");
        return line.ToString();

        void Append(string row, string value)
        {
            line.Append(" --").Append(row.Replace('_', '-')).Append(' ');
            if (value.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-' or ':' or '/'))
                line.Append(value);
            else
                line.Append('"').Append(value).Append('"');
        }
    }

    public static string Flag(OtlpSignal signal) => $"--{signal.Name()}";
}
