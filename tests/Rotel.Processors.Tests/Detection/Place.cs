using System.Diagnostics.Metrics;
using OpenTelemetry.Proto.Common.V1;
using Rotel.TestKit;
using Rotel.TestKit.Certificates;

namespace Rotel.Processors.Detection;

/// <summary>A place for a process to run in, as a test furnishes it: variables, files, a metadata server.</summary>
internal sealed class Place : IDisposable, IMeterFactory
{
    private readonly Dictionary<string, string> _variables = [];
    private readonly TestFiles _files = new();

    public MetadataServer? Server { get; init; }

    public TimeProvider Time { get; init; } = TimeProvider.System;

    public string Root => _files.Directory;

    public Place Variable(string name, string value)
    {
        _variables[name] = value;
        return this;
    }

    public Place File(string path, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Root + path)!);
        System.IO.File.WriteAllText(Root + path, text);
        return this;
    }

    public DetectionSurroundings Surroundings() => new(_variables, Time, this)
    {
        FileRoot = Root,
        Connect = Server is { } server ? server.ConnectAsync : null,
    };

    /// <summary>Runs detectors to their end, however long that takes on this machine.</summary>
    public Task<DetectedResource> DetectAsync(params ResourceDetector[] detectors) => DetectAsync(TimeSpan.FromSeconds(60), detectors);

    public Task<DetectedResource> DetectAsync(TimeSpan timeout, params ResourceDetector[] detectors)
    {
        var options = new ResourceDetectionOptions { Timeout = timeout };
        foreach (var detector in detectors)
            options.Detectors.Add(detector);
        return Watchdog.WaitAsync(
            ResourceDetection.DetectAsync(options, Surroundings(), CancellationToken.None),
            "the end of detection",
            TestContext.Current.CancellationToken);
    }

    /// <summary>The attributes that a detector finds, as lines of <c>name=value</c>.</summary>
    public async Task<string[]> FindAsync(ResourceDetector detector)
    {
        var resource = await DetectAsync(detector);
        Assert.Null(resource.Findings.Single().Problem);
        return Lines(resource);
    }

    /// <summary>In the order in which they go on a resource. Lists in brackets.</summary>
    public static string[] Lines(DetectedResource resource) =>
        [.. resource.Attributes.Select(attribute => $"{attribute.Key}={Text(attribute.Value)}")];

    public Meter Create(MeterOptions options)
    {
        var meter = new Meter(options);
        meter.Dispose();
        return meter;
    }

    public void Dispose() => _files.Dispose();

    private static string Text(AnyValue value) => value.ValueCase switch
    {
        AnyValue.ValueOneofCase.StringValue => value.StringValue,
        AnyValue.ValueOneofCase.IntValue => $"int {value.IntValue}",
        AnyValue.ValueOneofCase.ArrayValue => $"[{string.Join(' ', value.ArrayValue.Values.Select(Text))}]",
        var other => throw new InvalidOperationException($"A detector found a {other}."),
    };
}
