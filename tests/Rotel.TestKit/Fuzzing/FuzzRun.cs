using System.Diagnostics;
using System.Text;

namespace Rotel.TestKit.Fuzzing;

/// <summary>
/// Makes cases for a <see cref="FuzzTarget"/> and checks each, the same for the same seed. Guided by outcome: a case that went as none did
/// before is kept, and half of the cases to come are made of such.
/// </summary>
public sealed class FuzzRun
{
    private const int MaxFindings = 5;
    private const int MaxKept = 4_000;
    private const int MaxKeptLength = 32 * 1024;

    private readonly FuzzTarget _target;
    private readonly int _seed;
    private readonly Random _random;
    private readonly List<byte[]> _seeds;
    private readonly List<byte[]> _kept = [];
    private readonly HashSet<string> _outcomes = [];
    private readonly Dictionary<string, string> _findings = [];
    private readonly FuzzTrace? _trace;
    private byte[] _current = [];
    private int _index;

    private FuzzRun(FuzzTarget target, int seed, FuzzTrace? trace)
    {
        _target = target;
        _seed = seed;
        _random = new Random(seed);
        _seeds = [.. target.Seeds(seed)];
        _trace = trace;
    }

    /// <summary>Checks the cases that once broke a law, then so many new ones.</summary>
    /// <param name="target">What is fuzzed.</param>
    /// <param name="seed">Where it begins.</param>
    /// <param name="bodies">How many cases to make.</param>
    /// <param name="write">Takes the line that sums up a run without findings.</param>
    /// <exception cref="InvalidOperationException">A law was broken; each finding is a line for the file of cases.</exception>
    /// <exception cref="TimeoutException">A case did not end.</exception>
    public static async Task CheckAsync(FuzzTarget target, int seed, int bodies, Action<string>? write = null)
    {
        using var trace = FuzzBodies.AreAskedFor ? FuzzTrace.Open(target.Name) : null;
        var run = new FuzzRun(target, seed, trace);
        var clock = Stopwatch.StartNew();
        await run.WatchAsync(Task.Run(() => run.Check(bodies)));
        if (run._findings.Count > 0)
            throw new InvalidOperationException(string.Join("\n\n", run._findings.Values));
        write?.Invoke($"{target.Name}: {bodies} bodies, {FreshSeed.Variable}={seed}, {run._outcomes.Count} outcomes, {clock.Elapsed.TotalSeconds:0} s");
    }

    /// <summary>Waits for the end; a case that is still the same after the whole deadline hangs.</summary>
    private async Task WatchAsync(Task check)
    {
        while (!check.IsCompleted)
        {
            var before = Volatile.Read(ref _index);
            try
            {
                await check.WaitAsync(Watchdog.Deadline);
            }
            catch (TimeoutException) when (!check.IsCompleted)
            {
                if (Volatile.Read(ref _index) == before)
                    throw new TimeoutException(Describe("hangs", Volatile.Read(ref _current)));
            }
        }

        await check;
    }

    private void Check(int bodies)
    {
        foreach (var known in _target.Cases())
            Check(known);
        foreach (var seed in _seeds)
            Check(seed);
        for (var made = 0; made < bodies && _findings.Count < MaxFindings; made++)
        {
            var known = Pick();
            var other = _random.Next(8) == 0 ? known : Pick();
            Check(_target.Mutate(_random, known, other));
        }
    }

    private byte[] Pick() => _kept.Count > 0 && _random.Next(2) == 0 ? _kept[_random.Next(_kept.Count)] : _seeds[_random.Next(_seeds.Count)];

    private void Check(byte[] body)
    {
        Volatile.Write(ref _current, body);
        Volatile.Write(ref _index, _index + 1);
        _trace?.Write(body);
        try
        {
            if (_outcomes.Add(_target.Check(body)) && body.Length <= MaxKeptLength && _kept.Count < MaxKept)
                _kept.Add(body);
        }
        catch (Exception exception)
        {
            // Whatever it is: nothing may throw.
            if (!_findings.TryAdd(Kind(exception), ""))
                return;
            var shortest = new FuzzShortening(_target, candidate => StillFails(candidate, Kind(exception))).Shorten(body);
            _findings[Kind(exception)] = Describe(Words(exception), shortest);
        }
    }

    private bool StillFails(byte[] candidate, string kind)
    {
        try
        {
            _trace?.Write(candidate);
            _target.Check(candidate);
            return false;
        }
        catch (Exception exception)
        {
            return Kind(exception) == kind;
        }
    }

    private string Describe(string what, byte[] body) =>
        $"{_target.Name}, {FreshSeed.Variable}={_seed}, case {_index}, shortened to {body.Length} bytes: {what}\n"
        + $"For {_target.Name}.cases:\n{Convert.ToBase64String(body)}";

    /// <summary>The exception without the lines that recursion repeats.</summary>
    private static string Words(Exception exception) => string.Join('\n', exception.ToString().Split('\n').Distinct());

    /// <summary>What makes two findings the same: the type and the words without their numbers.</summary>
    private static string Kind(Exception exception)
    {
        var kind = new StringBuilder(exception.GetType().Name).Append(' ');
        foreach (var letter in exception.Message.AsSpan(0, Math.Min(exception.Message.Length, 60)))
        {
            if (!char.IsAsciiDigit(letter))
                kind.Append(letter);
        }

        return kind.ToString();
    }
}
