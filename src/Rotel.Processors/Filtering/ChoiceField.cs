namespace Rotel.Processors.Filtering;

/// <summary>A value from a closed list that conditions ask about.</summary>
/// <typeparam name="TCondition">The condition that comes of it.</typeparam>
/// <typeparam name="TValue">The values.</typeparam>
public sealed class ChoiceField<TCondition, TValue>
    where TValue : struct, Enum
{
    private readonly Func<IReadOnlyList<TValue>, TCondition> _make;

    internal ChoiceField(Func<IReadOnlyList<TValue>, TCondition> make) => _make = make;

    /// <summary>It is this value.</summary>
    public TCondition Is(TValue value) => _make([value]);

    /// <summary>It is one of these values.</summary>
    public TCondition IsOneOf(params IReadOnlyList<TValue> values)
    {
        ArgumentNullException.ThrowIfNull(values);
        return _make([.. values]);
    }
}
