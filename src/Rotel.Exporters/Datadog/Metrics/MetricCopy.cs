using System.Text;
using Rotel.Otlp.Readers;

namespace Rotel.Exporters.Datadog.Metrics;

/// <summary>
/// A second name under which the points of a metric, or those with certain attributes, are sent as well: that of Datadog's agent, by which
/// its dashboards find them.
/// </summary>
internal sealed class MetricCopy
{
    private readonly byte[] _name;
    private readonly double _divisor;
    private readonly (byte[] Key, byte[][] Values)[] _conditions;

    /// <param name="name">Datadog's.</param>
    /// <param name="divisor">Values are divided by it: from bytes to mebibytes, from fractions to percent.</param>
    /// <param name="withoutKeys">Whether the attributes of the conditions are said by the name and are no tags.</param>
    /// <param name="conditions">Only points with each of these attributes, and with one of its values.</param>
    public MetricCopy(string name, double divisor, bool withoutKeys, params (string Key, string[] Values)[] conditions)
    {
        _name = Encoding.ASCII.GetBytes(name);
        _divisor = divisor;
        _conditions =
        [
            .. conditions.Select(condition =>
                (Encoding.ASCII.GetBytes(condition.Key), condition.Values.Select(Encoding.ASCII.GetBytes).ToArray())),
        ];
        ExceptKeys = withoutKeys ? [.. _conditions.Select(condition => condition.Key)] : [];
    }

    public MetricCopy(string name)
        : this(name, 1, withoutKeys: false)
    {
    }

    public ReadOnlySpan<byte> Name => _name;

    /// <summary>Attributes that are no tags.</summary>
    public byte[][] ExceptKeys { get; }

    /// <summary>Whether the value is still in the metric's unit.</summary>
    public bool KeepsUnit => _divisor == 1;

    public bool Takes(WireList<KeyValueReader> attributes)
    {
        foreach (var (key, values) in _conditions)
        {
            if (!HasOneOf(attributes, key, values))
                return false;
        }

        return true;
    }

    /// <summary>Whole numbers stay whole, as in the translator.</summary>
    public double ValueOf(double value, bool isInteger)
    {
        if (!isInteger)
            return value / _divisor;
        return _divisor >= 1 ? Math.Truncate(value / _divisor) : value;
    }

    private static bool HasOneOf(WireList<KeyValueReader> attributes, byte[] key, byte[][] values)
    {
        foreach (var attribute in attributes)
        {
            if (attribute.Key.SequenceEqual(key))
                return attribute.Value is { Kind: AnyValueKind.String } value && IsOneOf(value.Bytes, values);
        }

        return false;
    }

    private static bool IsOneOf(ReadOnlySpan<byte> value, byte[][] values)
    {
        foreach (var known in values)
        {
            if (value.SequenceEqual(known))
                return true;
        }

        return false;
    }
}
