using System.Buffers.Text;
using Rotel.Memory;
using Rotel.Otlp.Readers;

namespace Rotel.Exporters.Datadog.Traces;

/// <summary>
/// The values that rules ask for, of one span or one resource, filed by key while its attributes are walked. Of a key given twice the first
/// counts, as in Datadog's agent. Texts stay where they are: whoever reads them hands in the same bytes. Used again and again.
/// </summary>
/// <param name="pool">For values given in pieces, which no encoder does.</param>
internal sealed class KnownAttributes(BufferPool pool)
{
    private readonly Value[] _values = new Value[(int)AttributeKey.Count];
    private readonly PooledBytes _joined = new(pool);

    /// <summary>The keys that have a value, each by its bit: rules ask for many more than there are.</summary>
    public ulong Present { get; private set; }

    /// <summary>The bit of a key.</summary>
    public static ulong BitOf(AttributeKey key) => 1UL << (int)key;

    /// <summary>Forgets all values.</summary>
    public void Clear()
    {
        _joined.Clear();
        Present = 0;
    }

    /// <summary>Forgets all values and gives memory back.</summary>
    public void Release()
    {
        Clear();
        _joined.Release();
    }

    /// <summary>Files a value.</summary>
    /// <param name="key">Not <see cref="AttributeKey.None"/>.</param>
    /// <param name="value">Read from <paramref name="message"/>.</param>
    /// <param name="message">The span or resource.</param>
    public void Add(AttributeKey key, in AnyValueReader value, ReadOnlySpan<byte> message)
    {
        if (Has(key))
            return;

        Present |= BitOf(key);
        ref var slot = ref _values[(int)key];
        slot.Kind = value.Kind;
        switch (value.Kind)
        {
            case AnyValueKind.String when message.Overlaps(value.Bytes, out var start):
                slot.Start = start;
                slot.Length = value.Bytes.Length;
                slot.IsJoined = false;
                break;
            case AnyValueKind.String:
                slot.Start = _joined.Length;
                slot.Length = value.Bytes.Length;
                slot.IsJoined = true;
                _joined.Write(value.Bytes);
                break;
            case AnyValueKind.Double:
                slot.Number = value.Double;
                break;
            default:
                slot.Integer = value.Int;
                break;
        }
    }

    public bool Has(AttributeKey key) => (Present & BitOf(key)) != 0;

    /// <summary>The text of a string; empty for other values and none.</summary>
    /// <param name="key">What is asked for.</param>
    /// <param name="message">The bytes that were handed in with the value.</param>
    public ReadOnlySpan<byte> Text(AttributeKey key, ReadOnlySpan<byte> message)
    {
        ref readonly var value = ref _values[(int)key];
        if (!Has(key) || value.Kind != AnyValueKind.String)
            return default;
        return (value.IsJoined ? _joined.Span : message).Slice(value.Start, value.Length);
    }

    /// <summary>A number, of whatever kind.</summary>
    public bool TryGetNumber(AttributeKey key, out double number)
    {
        ref readonly var value = ref _values[(int)key];
        number = value.Kind == AnyValueKind.Double ? value.Number : value.Integer;
        return Has(key) && value.Kind is AnyValueKind.Double or AnyValueKind.Int;
    }

    /// <summary>A whole number, also one written as text.</summary>
    /// <inheritdoc cref="Text" path="/param"/>
    public bool TryGetInteger(AttributeKey key, ReadOnlySpan<byte> message, out long integer)
    {
        integer = 0;
        ref readonly var value = ref _values[(int)key];
        if (!Has(key))
            return false;
        switch (value.Kind)
        {
            case AnyValueKind.Int:
                integer = value.Integer;
                return true;
            case AnyValueKind.Double:
                integer = value.Number is > long.MinValue and < long.MaxValue ? (long)value.Number : 0;
                return integer == value.Number;
            default:
                var text = Text(key, message);
                return Utf8Parser.TryParse(text, out integer, out var read) && read == text.Length && read > 0;
        }
    }

    private struct Value
    {
        public AnyValueKind Kind;
        public int Start;
        public int Length;
        public bool IsJoined;
        public long Integer;
        public double Number;
    }
}
