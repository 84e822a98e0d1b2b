using System.Buffers.Text;
using Rotel.Exporters.ClickHouse.Native;
using Rotel.Memory;
using Rotel.Otlp.Readers;
using Rotel.Otlp.Text;

namespace Rotel.Exporters.ClickHouse.Values;

/// <summary>
/// Values behind their ClickHouse type, as the type Dynamic has them in binary forms
/// (https://clickhouse.com/docs/sql-reference/data-types/data-types-binary-encoding). Lists of one scalar type become
/// <c>Array(Nullable(T))</c>, of key-value lists <c>Array(Map(String, Dynamic))</c>, of anything else <c>Array(Dynamic)</c>. Not
/// thread-safe.
/// </summary>
/// <param name="pool">Where scratch memory comes from.</param>
/// <param name="maxDepth">Lists and key-value lists deeper than this are JSON text; the value of an attribute is at depth 0.</param>
internal sealed class DynamicBytes(BufferPool pool, int maxDepth)
{
    private const byte Nothing = 0x00;
    private const byte Int64 = 0x0A;
    private const byte Float64 = 0x0E;
    private const byte String = 0x15;
    private const byte Array = 0x1E;
    private const byte Nullable = 0x23;
    private const byte Map = 0x27;
    private const byte Dynamic = 0x2B;
    private const byte Bool = 0x2D;

    /// <summary>The parameter of Dynamic: how many types it keeps apart. ClickHouse's default.</summary>
    private const byte MaxDynamicTypes = 32;

    /// <summary>Up to so many members, finding those of the same key by comparing all of them is cheapest.</summary>
    private const int FewMembers = 16;

    /// <summary>Whatever was asked for, the stack has to hold it.</summary>
    private const int DepthLimit = 64;

    private readonly int _maxDepth = Math.Min(maxDepth, DepthLimit);
    private readonly PooledBytes _text = new(pool);

    /// <summary>Whether a value of this kind, so deep, keeps its structure.</summary>
    public bool IsStructured(AnyValueKind kind, int depth) =>
        kind is AnyValueKind.Array or AnyValueKind.KeyValueList && depth <= _maxDepth;

    /// <summary>Appends the type and the value; no value is <c>Nothing</c>.</summary>
    public void Write(AnyValueReader value, PooledBytes bytes, int depth)
    {
        var type = TypeOf(value.Kind, depth);
        switch (type)
        {
            case Array:
                WriteArray(value.Array.Values, bytes, depth);
                break;
            case Map:
                WriteMapType(bytes);
                WriteMap(value.KeyValues.Values, bytes, depth);
                break;
            default:
                bytes.WriteByte(type);
                WriteScalar(value, bytes);
                break;
        }
    }

    /// <summary>Appends a value that has a kind of its own, without the type. Strings without their length.</summary>
    public static void WriteBare(AnyValueReader value, PooledBytes bytes)
    {
        switch (value.Kind)
        {
            case AnyValueKind.Bool:
                bytes.WriteByte(value.Bool ? (byte)1 : (byte)0);
                break;
            case AnyValueKind.Int:
                bytes.WriteUInt64((ulong)value.Int);
                break;
            case AnyValueKind.Double:
                bytes.WriteDouble(value.Double);
                break;
            case AnyValueKind.Array or AnyValueKind.KeyValueList:
                AttributeText.WriteJson(value, bytes);
                break;
            default:
                AttributeText.Write(value, bytes);
                break;
        }
    }

    /// <summary>Appends a value that was written by <see cref="WriteBare"/> behind its type.</summary>
    public static void WriteTyped(DynamicKind kind, ReadOnlySpan<byte> value, PooledBytes bytes)
    {
        switch (kind)
        {
            case DynamicKind.Bool:
                bytes.WriteByte(Bool);
                bytes.Write(value);
                break;
            case DynamicKind.Int64:
                bytes.WriteByte(Int64);
                bytes.Write(value);
                break;
            case DynamicKind.Float64:
                bytes.WriteByte(Float64);
                bytes.Write(value);
                break;
            case DynamicKind.String:
                bytes.WriteByte(String);
                bytes.WriteString(value);
                break;
            default:
                bytes.Write(value);
                break;
        }
    }

    public void Release() => _text.Release();

    private byte TypeOf(AnyValueKind kind, int depth) => kind switch
    {
        AnyValueKind.String or AnyValueKind.Bytes => String,
        AnyValueKind.Bool => Bool,
        AnyValueKind.Int => Int64,
        AnyValueKind.Double => Float64,
        AnyValueKind.Array => depth <= _maxDepth ? Array : String,
        AnyValueKind.KeyValueList => depth <= _maxDepth ? Map : String,
        _ => Nothing,
    };

    private void WriteScalar(AnyValueReader value, PooledBytes bytes)
    {
        switch (value.Kind)
        {
            case AnyValueKind.None or AnyValueKind.StringIndex:
                break;
            case AnyValueKind.String:
                bytes.WriteString(value.Bytes);
                break;
            case AnyValueKind.Bytes:
                var length = Base64.GetMaxEncodedToUtf8Length(value.Bytes.Length);
                bytes.WriteVarint((uint)length);
                Base64.EncodeToUtf8(value.Bytes, bytes.Append(length), out _, out _);
                break;
            case AnyValueKind.Array or AnyValueKind.KeyValueList:
                _text.Clear();
                AttributeText.WriteJson(value, _text);
                bytes.WriteString(_text.Span);
                break;
            default:
                WriteBare(value, bytes);
                break;
        }
    }

    private void WriteArray(WireList<AnyValueReader> elements, PooledBytes bytes, int depth)
    {
        bytes.WriteByte(Array);
        var type = CommonType(elements, depth + 1);
        switch (type)
        {
            case Map:
                WriteMapType(bytes);
                break;
            case Dynamic:
                WriteDynamicType(bytes);
                break;
            default:
                bytes.WriteByte(Nullable);
                bytes.WriteByte(type);
                break;
        }

        bytes.WriteVarint((uint)elements.Count);
        foreach (var element in elements)
        {
            if (type == Map)
            {
                WriteMap(element.KeyValues.Values, bytes, depth + 1);
            }
            else if (type == Dynamic)
            {
                Write(element, bytes, depth + 1);
            }
            else
            {
                var isNull = TypeOf(element.Kind, depth + 1) == Nothing;
                bytes.WriteByte(isNull ? (byte)1 : (byte)0);
                if (!isNull)
                    WriteScalar(element, bytes);
            }
        }
    }

    /// <summary>
    /// The type of all elements, whether some of them have no value or not; of no elements at all it is String, as in ClickHouse.
    /// </summary>
    private byte CommonType(WireList<AnyValueReader> elements, int depth)
    {
        var common = Nothing;
        var hasNull = false;
        foreach (var element in elements)
        {
            var type = TypeOf(element.Kind, depth);
            if (type == Nothing)
                hasNull = true;
            else if (type == Array || (common != Nothing && common != type))
                return Dynamic;
            else
                common = type;
        }

        // A map cannot be NULL.
        return common switch
        {
            Nothing => String,
            Map when hasNull => Dynamic,
            _ => common,
        };
    }

    private static void WriteMapType(PooledBytes bytes)
    {
        bytes.WriteByte(Map);
        bytes.WriteByte(String);
        WriteDynamicType(bytes);
    }

    private static void WriteDynamicType(PooledBytes bytes)
    {
        bytes.WriteByte(Dynamic);
        bytes.WriteByte(MaxDynamicTypes);
    }

    private void WriteMap(WireList<KeyValueReader> pairs, PooledBytes bytes, int depth)
    {
        var isKept = pairs.Count <= 4 * FewMembers ? stackalloc bool[pairs.Count] : new bool[pairs.Count];
        bytes.WriteVarint((uint)Choose(pairs, isKept));
        var i = 0;
        foreach (var pair in pairs)
        {
            if (!isKept[i++])
                continue;
            bytes.WriteString(pair.Key);
            Write(pair.Value, bytes, depth + 1);
        }
    }

    /// <summary>Says which pairs are stored: of each key the last, if that has a value. Returns how many.</summary>
    private int Choose(WireList<KeyValueReader> pairs, Span<bool> isKept)
    {
        var last = pairs.Count <= FewMembers ? null : LastOfEachKey(pairs);
        var count = 0;
        var i = 0;
        for (var each = pairs.GetEnumerator(); each.MoveNext(); i++)
        {
            var pair = each.Current;
            isKept[i] = TypeOf(pair.Value.Kind, 0) != Nothing && (last is null ? !ComesAgain(pair.Key, each) : last.Contains(i));
            if (isKept[i])
                count++;
        }

        return count;
    }

    private static bool ComesAgain(ReadOnlySpan<byte> key, WireListEnumerator<KeyValueReader> rest)
    {
        while (rest.MoveNext())
        {
            if (rest.Current.Key.SequenceEqual(key))
                return true;
        }

        return false;
    }

    private HashSet<int> LastOfEachKey(WireList<KeyValueReader> pairs)
    {
        var keys = new StringDictionary(pool);
        var last = new List<int>();
        try
        {
            var i = 0;
            foreach (var pair in pairs)
            {
                var key = keys.IndexOf(pair.Key);
                if (key == last.Count)
                    last.Add(i);
                else
                    last[key] = i;
                i++;
            }
        }
        finally
        {
            keys.Release();
        }

        return [.. last];
    }
}
