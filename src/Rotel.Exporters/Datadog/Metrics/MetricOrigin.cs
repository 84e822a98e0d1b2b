using System.Collections.Frozen;
using System.Text;
using Rotel.Memory;

namespace Rotel.Exporters.Datadog.Metrics;

/// <summary>
/// Where Datadog is told a metric comes from, as the OpenTelemetry Collector's exporter tells it
/// (https://github.com/DataDog/datadog-agent/blob/main/pkg/serializer/internal/metrics/origin_mapping.go): by product, and for the
/// Collector's own receivers, which their scopes name, by service.
/// </summary>
internal static class MetricOrigin
{
    private const int Origin = 1;
    private const int Product = 4;
    private const int Service = 6;
    private const uint DatadogExporter = 19;

    /// <summary>The number of the first of <see cref="Receivers"/>; the others follow.</summary>
    private const uint FirstReceiver = 217;

    private const string ReceiverPrefix = "github.com/open-telemetry/opentelemetry-collector-contrib/receiver/";

    private static readonly string[] Receivers =
    [
        "dockerstats", "elasticsearch", "expvar", "filestats", "flinkmetrics", "gitprovider", "haproxy", "hostmetrics", "httpcheck", "iis",
        "k8scluster", "kafkametrics", "kubeletstats", "memcached", "mongodbatlas", "mongodb", "mysql", "nginx", "nsxt", "oracledb",
        "postgresql", "prometheus", "rabbitmq", "redis", "riak", "saphana", "snmp", "snowflake", "splunkenterprise", "sqlserver",
        "sshcheck", "statsd", "vcenter", "zookeeper", "activedirectoryds", "aerospike", "apache", "apachespark", "azuremonitor", "bigip",
        "chrony", "couchdb",
    ];

    private static readonly FrozenDictionary<string, uint>.AlternateLookup<ReadOnlySpan<char>> Services = Receivers
        .Select((name, index) => KeyValuePair.Create(name + "receiver", FirstReceiver + (uint)index))
        .ToFrozenDictionary(StringComparer.Ordinal)
        .GetAlternateLookup<ReadOnlySpan<char>>();

    /// <summary>The service of a scope's metrics; 0 for all but the Collector's receivers.</summary>
    public static uint ServiceOf(ReadOnlySpan<byte> scopeName)
    {
        if (scopeName.Length < ReceiverPrefix.Length || scopeName.Length > 200
            || !Ascii.Equals(scopeName[..ReceiverPrefix.Length], ReceiverPrefix))
        {
            return 0;
        }

        // A receiver with several scrapers has scopes below its own.
        var receiver = scopeName[ReceiverPrefix.Length..];
        var end = receiver.IndexOf((byte)'/');
        Span<char> name = stackalloc char[200];
        return Ascii.ToUtf16(end < 0 ? receiver : receiver[..end], name, out var length) == System.Buffers.OperationStatus.Done
            && Services.TryGetValue(name[..length], out var service)
                ? service
                : 0;
    }

    /// <summary>Writes it as the field of a series or of a distribution.</summary>
    public static void Write(PooledBytes record, int field, uint service)
    {
        var serviceLength = service == 0 ? 0 : 3;
        ProtoFields.WriteLengthStart(record, field, 4 + serviceLength);
        ProtoFields.WriteLengthStart(record, Origin, 2 + serviceLength);
        ProtoFields.WriteVarint(record, Product, DatadogExporter);
        if (service != 0)
            ProtoFields.WriteVarint(record, Service, service);
    }
}
