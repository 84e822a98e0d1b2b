using Rotel.Configuration;
using Rotel.Exporters.Otlp;
using Rotel.TestKit.Certificates;

namespace Rotel.Tests.Configuration;

public sealed class SecretFileTests : IDisposable
{
    private const string Secret = "s3cr3t-value";

    private readonly TestFiles _files = new();

    public void Dispose() => _files.Dispose();

    [Theory]
    [InlineData("x-api-key=" + Secret)]
    [InlineData("x-api-key=" + Secret + "\n")]
    [InlineData("x-api-key=" + Secret + "\r\n")]
    public void Secret_InAFile_IsReadFromEverySource(string content)
    {
        var path = _files.Write("headers", content);
        RotelSources[] sources =
        [
            Sources.Environment("ROTEL_OTLP_EXPORTER_ENDPOINT=http://127.0.0.1:1", $"ROTEL_OTLP_EXPORTER_CUSTOM_HEADERS_FILE={path}"),
            Sources.Section("Rotel:OtlpExporter:Endpoint=http://127.0.0.1:1", $"Rotel:OtlpExporter:CustomHeadersFile={path}"),
            Sources.Flags("--otlp-exporter-endpoint=http://127.0.0.1:1", $"--otlp-exporter-custom-headers-file={path}"),
            Sources.Environment("ROTEL_OTLP_EXPORTER_ENDPOINT=http://127.0.0.1:1", $"ROTEL_OTLP_EXPORTER_HEADERS_FILE={path}"),
        ];

        Assert.All(sources, source =>
        {
            var plan = RotelConfiguration.Load(source);
            Assert.Empty(plan.Warnings);
            Assert.Equal(Secret, HeadersOf(plan)["x-api-key"]);
            Assert.DoesNotContain(Secret, EffectiveConfiguration.Describe(plan), StringComparison.Ordinal);
        });
    }

    [Fact]
    public void Pairs_OnLines_AreItems()
    {
        var path = _files.Write("headers", "a=1\nb=2,c=3\n");

        var plan = RotelConfiguration.Load(Sources.Environment(
            "ROTEL_OTLP_EXPORTER_ENDPOINT=http://127.0.0.1:1", $"ROTEL_OTLP_EXPORTER_CUSTOM_HEADERS_FILE={path}"));

        Assert.Equal(["a=1", "b=2", "c=3"], HeadersOf(plan).Select(header => $"{header.Key}={header.Value}"));
    }

    [Fact]
    public void File_OfAStrongerSource_Wins()
    {
        var path = _files.Write("headers", "x-api-key=from-file");

        var plan = RotelConfiguration.Load(
            Sources.Section("Rotel:OtlpExporter:Endpoint=http://127.0.0.1:1", "Rotel:OtlpExporter:CustomHeaders:x-api-key=from-section")
                .WithEnvironment($"ROTEL_OTLP_EXPORTER_CUSTOM_HEADERS_FILE={path}"));

        Assert.Equal("from-file", HeadersOf(plan)["x-api-key"]);
    }

    [Fact]
    public void ValueAndFile_Both_IsAnError()
    {
        var path = _files.Write("headers", "x-api-key=" + Secret);

        var error = Sources.ErrorOf(Sources.Environment(
            "ROTEL_OTLP_EXPORTER_ENDPOINT=http://127.0.0.1:1",
            $"ROTEL_OTLP_EXPORTER_CUSTOM_HEADERS=x-api-key={Secret}",
            $"ROTEL_OTLP_EXPORTER_CUSTOM_HEADERS_FILE={path}"));

        Assert.Equal(
            "Rotel:OtlpExporter:CustomHeadersFile (ROTEL_OTLP_EXPORTER_CUSTOM_HEADERS_FILE): is another name of Rotel:OtlpExporter:CustomHeaders"
                + " (ROTEL_OTLP_EXPORTER_CUSTOM_HEADERS), and both are given; keep one.",
            error);
    }

    [Fact]
    public void File_ThatCannotBeRead_NamesSettingAndPath()
    {
        var path = _files.PathOf("absent");

        var error = Sources.ErrorOf(Sources.Environment(
            "ROTEL_OTLP_EXPORTER_ENDPOINT=http://127.0.0.1:1", $"ROTEL_OTLP_EXPORTER_CUSTOM_HEADERS_FILE={path}"));

        Assert.StartsWith(
            $"Rotel:OtlpExporter:CustomHeadersFile (ROTEL_OTLP_EXPORTER_CUSTOM_HEADERS_FILE): cannot read '{path}': ", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\n")]
    [InlineData(Secret + " without an equals sign")]
    public void File_WithSomethingElse_IsAnErrorWithoutItsContent(string content)
    {
        var path = _files.Write("headers", content);

        var error = Sources.ErrorOf(Sources.Environment(
            "ROTEL_OTLP_EXPORTER_ENDPOINT=http://127.0.0.1:1", $"ROTEL_OTLP_EXPORTER_CUSTOM_HEADERS_FILE={path}"));

        Assert.Contains("expected name=value pairs", error, StringComparison.Ordinal);
        Assert.DoesNotContain(Secret, error, StringComparison.Ordinal);
    }

    [Fact]
    public void FileName_OfWhatIsNoSecret_IsUnknown()
    {
        var error = Sources.ErrorOf(Sources.Flags("--exporter=blackhole", "--batch-timeout-file=/tmp/x"));

        Assert.Contains("--batch-timeout-file: is not a setting of Rotel", error, StringComparison.Ordinal);
    }

    [Fact]
    public void FileName_Misspelled_FindsTheNearest()
    {
        var error = Sources.ErrorOf(Sources.Flags("--otlp-exporter-endpoint=http://127.0.0.1:1", "--otlp-exporter-custom-header-file=/x"));

        Assert.Contains("did you mean --otlp-exporter-custom-headers-file?", error, StringComparison.Ordinal);
    }

    private static IDictionary<string, string> HeadersOf(RotelPlan plan) =>
        Assert.IsType<OtlpExporterOptions>(Assert.Single(plan.Exporters).Options).Headers;
}
