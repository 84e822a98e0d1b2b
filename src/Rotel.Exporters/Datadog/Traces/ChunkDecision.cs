using Rotel.Exporters.Datadog.Resources;

namespace Rotel.Exporters.Datadog.Traces;

/// <summary>
/// Whether a trace was kept, by whom, and where it comes from: what the spans of a chunk say of it together. An attribute goes before what
/// Datadog's own tracers wrote into the trace state, and the last span that has one before the others.
/// </summary>
internal sealed class ChunkDecision
{
    /// <summary>Kept by a sampler: what is sent to a collector was kept.</summary>
    private const int AutoKeep = 1;

    private const int MaxOriginLength = 100;

    private readonly TextBuffer _origin = new(MaxOriginLength);
    private readonly TextBuffer _decisionMaker = new(room: 16);
    private bool _isManual;

    public int Priority { get; private set; } = AutoKeep;

    /// <summary>Whether spans may still change it.</summary>
    public bool IsOpen { get; private set; } = true;

    /// <summary>Empty when nobody says.</summary>
    public ReadOnlySpan<byte> Origin => _origin.Span;

    /// <summary>The mechanism, as <c>-4</c> for a user's rule; empty for a trace that is not kept.</summary>
    public ReadOnlySpan<byte> DecisionMaker
    {
        get
        {
            if (Priority < AutoKeep)
                return default;
            if (_isManual)
                return "-4"u8;
            return _decisionMaker.Span.IsEmpty ? "-9"u8 : _decisionMaker.Span;
        }
    }

    public void Clear()
    {
        Priority = AutoKeep;
        _isManual = false;
        IsOpen = true;
        _origin.Clear();
        _decisionMaker.Clear();
    }

    /// <summary>Nothing that spans say from now on changes it: the chunk is sent in parts, which must say the same.</summary>
    public void Close() => IsOpen = false;

    /// <summary>Takes a user's priority, the value of an attribute.</summary>
    public void Take(double priority)
    {
        if (!IsOpen || !double.IsFinite(priority))
            return;
        Priority = (int)Math.Clamp(priority, -1, 2);
        _isManual = true;
    }

    /// <summary>Takes the origin of a span, such as <c>synthetics</c> or <c>rum</c>; the first one counts.</summary>
    public void TakeOrigin(ReadOnlySpan<byte> origin)
    {
        if (IsOpen && _origin.Span.IsEmpty)
            _origin.Append(DatadogTags.Cut(origin, MaxOriginLength));
    }

    /// <summary>Takes what Datadog's tracers wrote into the trace state.</summary>
    public void Take(in TraceStateFacts state)
    {
        TakeOrigin(state.Origin);
        if (!IsOpen || _isManual || state.Priority is not { } priority)
            return;
        Priority = priority;
        _decisionMaker.Clear();
        _decisionMaker.Append(state.DecisionMaker);
    }
}
