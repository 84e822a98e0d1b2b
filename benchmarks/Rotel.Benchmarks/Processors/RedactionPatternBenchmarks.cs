using System.Text.RegularExpressions;
using BenchmarkDotNet.Attributes;

namespace Rotel.Benchmarks.Processors;

/// <summary>
/// What it costs to ask whether one of three patterns matches a value that was not seen before, by engine, one pattern after another and
/// all as one expression: paths of 50 characters, identifiers of 36, and log lines of 1,500.
/// </summary>
public class RedactionPatternBenchmarks
{
    private const int Values = 500;

    private static readonly string[] Patterns =
        [@"\b(?:\d[ -]?){12,15}\d\b", @"[A-Za-z0-9._%+-]+@[A-Za-z0-9.-]+\.[A-Za-z]{2,}", @"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b"];

    private Regex[] _separate = [];
    private Regex[] _combined = [];
    private string[] _values = [];

    [Params(RegexOptions.NonBacktracking, RegexOptions.Compiled, RegexOptions.None)]
    public RegexOptions Engine { get; set; }

    [Params("path", "id", "line")]
    public string Kind { get; set; } = string.Empty;

    [GlobalSetup]
    public void Setup()
    {
        _separate = [.. Patterns.Select(Compile)];
        _combined = [Compile(string.Join('|', Patterns.Select(pattern => $"(?:{pattern})")))];
        var random = new Random(1);
        _values = [.. Enumerable.Range(0, Values).Select(_ => Kind switch
        {
            "path" => $"/v1/orders/{random.NextInt64():x16}/items/{random.NextInt64():x16}",
            "id" => Guid.NewGuid().ToString(),
            _ => string.Join(' ', Enumerable.Range(0, 80).Select(_ => $"word{random.Next(100_000)} is here,")),
        })];

        Regex Compile(string pattern) => new(pattern, Engine | RegexOptions.CultureInvariant, TimeSpan.FromSeconds(1));
    }

    [Benchmark(OperationsPerInvoke = Values)]
    public int OneAfterAnother() => Matches(_separate);

    [Benchmark(OperationsPerInvoke = Values)]
    public int AsOne() => Matches(_combined);

    private int Matches(Regex[] patterns)
    {
        var matches = 0;
        foreach (var value in _values)
        {
            foreach (var pattern in patterns)
                matches += pattern.IsMatch(value.AsSpan()) ? 1 : 0;
        }

        return matches;
    }
}
