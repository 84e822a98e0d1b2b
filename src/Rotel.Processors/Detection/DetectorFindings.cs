using OpenTelemetry.Proto.Common.V1;

namespace Rotel.Processors.Detection;

/// <summary>
/// What one detector has found so far. It may be closed while the detector still works: what comes later is not taken. Thread-safe.
/// </summary>
internal sealed class DetectorFindings(ResourceDetector detector)
{
    /// <summary>No attribute that is meant here comes near it; whatever answers instead of a metadata service may.</summary>
    public const int MaxValueLength = 4096;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, AnyValue> _attributes = new(StringComparer.Ordinal);
    private bool _isClosed;
    private volatile bool _isComplete;

    public ResourceDetector Detector { get; } = detector;

    /// <summary>What was found; not to be read before it is closed.</summary>
    public IReadOnlyDictionary<string, AnyValue> Attributes => _attributes;

    /// <summary>Why not everything was found; null when nothing is known to be missing. Holds no value and no URL.</summary>
    public string? Problem { get; private set; }

    /// <summary>Whether the detector has come to its end.</summary>
    public bool IsComplete => _isComplete;

    /// <summary>Adds an attribute, unless it has no value or was found before.</summary>
    public void Add(string name, string? value)
    {
        if (IsUsable(name, value))
            Add(name, new AnyValue { StringValue = value });
    }

    /// <inheritdoc cref="Add(string, string?)"/>
    public void Add(string name, long value) => Add(name, new AnyValue { IntValue = value });

    /// <summary>Adds an attribute whose value is a list, with its one item.</summary>
    public void AddList(string name, string? item)
    {
        if (IsUsable(name, item))
            Add(name, new AnyValue { ArrayValue = new ArrayValue { Values = { new AnyValue { StringValue = item } } } });
    }

    /// <summary>Says that something could not be found out; the first reason counts.</summary>
    public void Fail(string problem)
    {
        lock (_lock)
        {
            if (!_isClosed)
                Problem ??= problem;
        }
    }

    public void Complete() => _isComplete = true;

    public void Close()
    {
        lock (_lock)
            _isClosed = true;
    }

    private bool IsUsable(string name, string? value)
    {
        if (string.IsNullOrWhiteSpace(value))
            return false;
        if (value.Length <= MaxValueLength)
            return true;
        Fail($"{name} is longer than {MaxValueLength} characters");
        return false;
    }

    private void Add(string name, AnyValue value)
    {
        lock (_lock)
        {
            if (!_isClosed)
                _attributes.TryAdd(name, value);
        }
    }
}
