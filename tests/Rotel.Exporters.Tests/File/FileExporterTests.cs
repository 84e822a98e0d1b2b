using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Time.Testing;
using Rotel.Exporters.File;
using Rotel.Otlp;
using Rotel.Pipelines;
using Rotel.TestKit.Telemetry;

namespace Rotel.Exporters.Tests.File;

public sealed class FileExporterTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("rotel-file-").FullName;
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));
    private readonly ExporterBench _bench;

    public FileExporterTests() => _bench = new ExporterBench(_time);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private string Current => Path.Combine(_directory, "sub", "out.jsonl");

    public void Dispose()
    {
        _bench.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    [Fact]
    public async Task Export_BatchesOfEverySignal_AppendsALineEach()
    {
        var load = new StandardLoad();
        await using (var exporter = Exporter())
        {
            Assert.True(Directory.Exists(Path.GetDirectoryName(Current)));
            foreach (var signal in OtlpSignals.Mergeable.ToArray())
                Assert.Equal(ExportOutcomeKind.Delivered, (await ExportAsync(exporter, signal, load.Encode(signal), load.Encode(signal))).Kind);
        }

        var lines = await System.IO.File.ReadAllLinesAsync(Current, Cancellation);
        Assert.Equal(["resourceSpans", "resourceMetrics", "resourceLogs"], lines.Select(Key));
        Assert.Equal(0, _bench.Budget.Reserved);
    }

    [Fact]
    public async Task Export_TwoBodies_AreOneRequestWithTheResourcesOfBoth()
    {
        var load = new StandardLoad();
        byte[][] bodies = [load.Encode(OtlpSignal.Logs), load.Encode(OtlpSignal.Logs)];
        var merged = (OpenTelemetry.Proto.Collector.Logs.V1.ExportLogsServiceRequest)OtlpItems.Parse(OtlpSignal.Logs, [.. bodies[0], .. bodies[1]]);
        await using (var exporter = Exporter())
            await ExportAsync(exporter, OtlpSignal.Logs, bodies);

        using var line = JsonDocument.Parse(Assert.Single(await System.IO.File.ReadAllLinesAsync(Current, Cancellation)));
        Assert.Equal(merged.ResourceLogs.Count, line.RootElement.GetProperty("resourceLogs").GetArrayLength());
    }

    [Fact]
    public async Task Export_AfterARestart_AppendsToTheSameFile()
    {
        for (var i = 0; i < 2; i++)
        {
            await using var exporter = Exporter();
            await ExportAsync(exporter, OtlpSignal.Logs, new StandardLoad().Encode(OtlpSignal.Logs));
        }

        Assert.Equal(2, (await System.IO.File.ReadAllLinesAsync(Current, Cancellation)).Length);
    }

    [Fact]
    public async Task Export_AfterAProcessWasKilledWithinALine_BeginsANewOne()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Current)!);
        await System.IO.File.WriteAllTextAsync(Current, "{\"resourceLogs\":[{\"sc", Cancellation);
        await using (var exporter = Exporter())
            await ExportAsync(exporter, OtlpSignal.Logs, new StandardLoad().Encode(OtlpSignal.Logs));

        var lines = await System.IO.File.ReadAllLinesAsync(Current, Cancellation);
        Assert.Equal(2, lines.Length);
        Assert.Equal("resourceLogs", Key(lines[1]));
    }

    [Fact]
    public async Task Export_BeyondTheSize_BeginsANewFileAndKeepsTheNewestClosedOnes()
    {
        var body = new StandardLoad().Encode(OtlpSignal.Logs);
        var stranger = Path.Combine(Path.GetDirectoryName(Current)!, "out-mine.jsonl");
        await using (var exporter = Exporter(options => (options.MaxFileSize, options.MaxFiles) = (1, 2)))
        {
            await System.IO.File.WriteAllTextAsync(stranger, "", Cancellation);
            for (var i = 0; i < 5; i++)
                await ExportAsync(exporter, OtlpSignal.Logs, body);
            _time.Advance(TimeSpan.FromSeconds(1));
            await ExportAsync(exporter, OtlpSignal.Logs, body);
        }

        // Four rolls within one millisecond of the clock, then one a second later; each file has its one line.
        Assert.Equal(
            ["out-20260301T120000003Z.jsonl", "out-20260301T120001000Z.jsonl", "out-mine.jsonl", "out.jsonl"],
            Directory.GetFiles(Path.GetDirectoryName(Current)!).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Assert.Single(await System.IO.File.ReadAllLinesAsync(Current, Cancellation));
    }

    [Fact]
    public async Task Export_BeyondTheAge_BeginsANewFile()
    {
        var body = new StandardLoad().Encode(OtlpSignal.Logs);
        await using (var exporter = Exporter(options => options.MaxFileAge = TimeSpan.FromHours(1)))
        {
            await ExportAsync(exporter, OtlpSignal.Logs, body);
            _time.Advance(TimeSpan.FromMinutes(59));
            await ExportAsync(exporter, OtlpSignal.Logs, body);
            _time.Advance(TimeSpan.FromMinutes(1));
            await ExportAsync(exporter, OtlpSignal.Logs, body);
        }

        var closed = Path.Combine(Path.GetDirectoryName(Current)!, "out-20260301T130000000Z.jsonl");
        Assert.Equal(2, (await System.IO.File.ReadAllLinesAsync(closed, Cancellation)).Length);
        Assert.Single(await System.IO.File.ReadAllLinesAsync(Current, Cancellation));
    }

    [Fact]
    public async Task Export_ManyAtOnce_NeverMixesLines()
    {
        var load = new StandardLoad();
        byte[][] bodies = [.. Enumerable.Range(0, 40).Select(_ => load.Encode(OtlpSignal.Traces))];
        await using (var exporter = Exporter(options => (options.MaxFileSize, options.MaxFiles) = (500_000, 100)))
            await Task.WhenAll(bodies.Select(body => Task.Run(() => ExportAsync(exporter, OtlpSignal.Traces, body), Cancellation)));

        var lines = Directory.GetFiles(Path.GetDirectoryName(Current)!).SelectMany(System.IO.File.ReadAllLines).ToArray();
        Assert.Equal(40, lines.Length);
        Assert.All(lines, line => Assert.Equal("resourceSpans", Key(line)));
    }

    [Fact]
    public async Task Export_WhereNoFileCanBe_IsToBeRepeatedAndWorksOnceItCan()
    {
        await using var exporter = Exporter();
        Directory.Delete(Path.GetDirectoryName(Current)!);
        await System.IO.File.WriteAllTextAsync(Path.GetDirectoryName(Current)!, "in the way", Cancellation);
        var body = new StandardLoad().Encode(OtlpSignal.Traces);

        var blocked = await ExportAsync(exporter, OtlpSignal.Traces, body);
        System.IO.File.Delete(Path.GetDirectoryName(Current)!);
        var free = await ExportAsync(exporter, OtlpSignal.Traces, body);

        Assert.Equal((ExportOutcomeKind.Retry, ExportOutcomeKind.Delivered), (blocked.Kind, free.Kind));
        Assert.StartsWith($"'{Current}': ", blocked.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Export_ToAFileAnotherWrites_IsToBeRepeated()
    {
        await using var first = Exporter();
        await using var second = Exporter();
        var body = new StandardLoad().Encode(OtlpSignal.Traces);

        Assert.Equal(ExportOutcomeKind.Delivered, (await ExportAsync(first, OtlpSignal.Traces, body)).Kind);
        Assert.Equal(ExportOutcomeKind.Retry, (await ExportAsync(second, OtlpSignal.Traces, body)).Kind);
    }

    [Fact]
    public async Task Export_ABodyThatIsBrokenInside_IsRejected()
    {
        // A resource whose attribute is cut short, as only bodies that were not validated inside can be.
        await using var exporter = Exporter();

        var outcome = await ExportAsync(exporter, OtlpSignal.Traces, [0x0A, 0x04, 0x0A, 0x02, 0x0A, 0x7F]);

        Assert.Equal(ExportOutcomeKind.Rejected, outcome.Kind);
    }

    [Fact]
    public async Task Export_ToAFullDisk_IsToBeRepeated()
    {
        Assert.SkipUnless(System.IO.File.Exists("/dev/full"), "Needs the device that is always full.");
        await using var exporter = new FileExporter(new FileExporterOptions { Path = "/dev/full" }, _bench.Context);

        var outcome = await ExportAsync(exporter, OtlpSignal.Traces, new StandardLoad().Encode(OtlpSignal.Traces));

        Assert.Equal(ExportOutcomeKind.Retry, outcome.Kind);
        Assert.Contains("space", outcome.Message, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public void Validate_WithPathsThatCannotBe_SaysWhy()
    {
        var file = Path.Combine(_directory, "file");
        System.IO.File.WriteAllText(file, "");

        Assert.Empty(Errors(new FileExporterOptions { Path = Current }));
        Assert.Empty(Errors(new FileExporterOptions()));
        Assert.StartsWith("path: ", Assert.Single(Errors(new FileExporterOptions { Path = " " })), StringComparison.Ordinal);
        Assert.Contains("is a directory", Assert.Single(Errors(new FileExporterOptions { Path = _directory })), StringComparison.Ordinal);
        Assert.Contains("is a file", Assert.Single(Errors(new FileExporterOptions { Path = Path.Combine(file, "a", "b") })), StringComparison.Ordinal);
        Assert.Equal(3, Errors(new FileExporterOptions { MaxFileSize = 0, MaxFileAge = TimeSpan.Zero, MaxFiles = -1 }).Count);
    }

    private static List<string> Errors(FileExporterOptions options)
    {
        var errors = new CollectedErrors();
        new FileExporterType().Validate(options, [OtlpSignal.Traces], errors);
        return errors.All;
    }

    private static string Key(string line)
    {
        using var json = JsonDocument.Parse(Encoding.UTF8.GetBytes(line));
        return Assert.Single(json.RootElement.EnumerateObject()).Name;
    }

    private FileExporter Exporter(Action<FileExporterOptions>? set = null)
    {
        var options = new FileExporterOptions { Path = Current };
        set?.Invoke(options);
        return new FileExporter(options, _bench.Context);
    }

    private async Task<ExportOutcome> ExportAsync(FileExporter exporter, OtlpSignal signal, params byte[][] bodies)
    {
        using var batch = _bench.Batch(signal, bodies);
        batch.Encode(exporter.Encode(batch)!);
        return await exporter.ExportAsync(batch, Cancellation);
    }
}
