using Rotel.Agent.Migration;
using Rotel.Agent.Migration.Output;
using Rotel.Configuration;
using Rotel.Settings;

namespace Rotel.Agent.Tests.Migration;

/// <summary>Every row of the table of settings has its C#: what settings say, code can say.</summary>
public sealed class EverySettingTests
{
    private static readonly string[] Samples =
    [
        "-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----", "sample", "7", "false", "true", "3s", "3MiB", "2", "info", "debug",
        "http://sample.example.com:1234", "a=b,c=d", "info=10", "1.3", "0600", "detailed", "delivered", "drop", "json", "http", "zstd",
        "none", "gzip", "basic", "otlp", "equalizing", "server", "sha256", "traces", "eu", "counters", "keep", "one", "murmur2", "ssl",
        "plain", "block", "earliest", "read_uncommitted", "host", "50.5", "a=int", "error", "read_committed", "otlp", "spill", "power_safe",
        "durable", "30MiB",
    ];

    /// <summary>Another way to say <c>request_timeout</c>, as which it is shown.</summary>
    private const string OtherName = "request_timeout_ms";

    [Fact]
    public void Global_EveryRow_IsSaidInCode() => Check(configuration => configuration.Global, options => options, "processors_");

    [Theory]
    [InlineData("otlp")]
    [InlineData("clickhouse")]
    [InlineData("datadog")]
    [InlineData("file")]
    [InlineData("blackhole")]
    [InlineData("kafka")]
    public void Exporter_EveryRow_IsSaidInCode(string type) => Check(
        configuration => configuration.AddExporter("mine", MigratedConfiguration.ExporterTypes.Single(one => one.Name == type)),
        options => options.Exporters.Find("mine")!.Options);

    [Theory]
    [InlineData("attributes")]
    [InlineData("resource")]
    [InlineData("redaction")]
    [InlineData("filter")]
    [InlineData("probabilistic_sampler")]
    [InlineData("rename")]
    [InlineData("truncate")]
    public void Processor_EveryRow_IsSaidInCode(string type) => Check(
        configuration => configuration.AddProcessor("mine", ProcessorTypes.Find(type)!),
        options => options.Processors.Find("mine")!.Options);

    [Fact]
    public void Receiver_EveryRow_IsSaidInCode() => Check(
        configuration => configuration.AddReceiver(MigratedConfiguration.ReceiverTypes.Single()),
        options => options.Receivers.Others[0].Options);

    /// <param name="groupOf">Makes the group.</param>
    /// <param name="optionsOf">Finds its options in those that the code has set.</param>
    /// <param name="exception">What lists with this beginning say, code says by calls in order.</param>
    private static void Check(
        Func<MigratedConfiguration, MigratedGroup> groupOf, Func<RotelOptions, object> optionsOf, string? exception = null)
    {
        var configuration = new MigratedConfiguration();
        var group = groupOf(configuration);
        var rows = group.Rows.Where(row => row.Name != OtherName && !IsException(row)).ToArray();
        foreach (var row in rows)
            group.PutUnseen(row.Name, new MigratedValue.Text(SampleFor(row, group)));

        var options = new RotelOptions();
        MigratedCode.Compile(CSharpWriter.Write(configuration, "a test"))(options);

        var expected = group.OptionsWithValues();
        var actual = optionsOf(options);
        Assert.All(rows, row => Assert.Equal((row.Name, row.Show(expected)), (row.Name, row.Show(actual))));
        Assert.All(rows, row => Assert.NotEqual((row.Name, row.Show(group.CreateOptions())), (row.Name, row.Show(actual))));

        bool IsException(Setting row) =>
            exception is not null && row.Name.StartsWith(exception, StringComparison.Ordinal) && row.IsCollection;
    }

    /// <summary>A text that the row takes and that changes something.</summary>
    private static string SampleFor(Setting row, MigratedGroup group)
    {
        var found = Samples.FirstOrDefault(sample =>
        {
            var options = group.CreateOptions();
            return (row.Name == "convert") == (sample == "a=int")
                && row.Apply(options, sample) is null
                && row.Show(options) != row.Show(group.CreateOptions());
        });
        Assert.True(found is not null, $"There is no sample for {group.Type} {row.Name}.");
        return found;
    }
}
