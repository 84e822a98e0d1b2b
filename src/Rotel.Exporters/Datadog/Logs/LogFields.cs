using Rotel.Memory;
using Rotel.Otlp.Readers;
using Rotel.Otlp.Text;

namespace Rotel.Exporters.Datadog.Logs;

/// <summary>
/// Writes the fields of a log record, each as <c>"name":value,</c> with the comma behind it and each name once. Attributes keep their
/// types; key-value lists are flattened, <c>a</c> with <c>b</c> to <c>a.b</c>, down to ten levels, below which a value is its JSON as text.
/// Numbers that JSON lacks are text. Used by one thread.
/// </summary>
internal sealed class LogFields(BufferPool pool) : IDisposable
{
    /// <summary>As in Datadog's translator, which is linked at <see cref="LogAttribute"/>.</summary>
    public const int MaxDepth = 10;

    /// <summary>The record itself, among the objects whose names are told apart.</summary>
    private const int Record = 0;

    private readonly JsonKeys _keys = new(pool);
    private readonly PooledBytes _path = new(pool);
    private readonly PooledBytes _text = new(pool);

    /// <summary>Where in the path the names of the innermost object begin.</summary>
    private int _base;
    private int _objects;
    private int _end = int.MaxValue;

    /// <summary>How many names are taken.</summary>
    public int Count => _keys.Count;

    /// <summary>
    /// What follows are fields of a record that may reach up to <paramref name="end"/>: members of lists are left out from where it does,
    /// for each repeats the whole path that leads to it. The caller takes such a record back.
    /// </summary>
    public void Limit(int end) => _end = end;

    /// <summary>Takes a name that is written later, or by the caller.</summary>
    public bool TryTake(ReadOnlySpan<byte> name) => _keys.TryAdd(Record, name);

    /// <inheritdoc cref="JsonKeys.ForgetFrom"/>
    public void ForgetFrom(int count)
    {
        _keys.ForgetFrom(count);
        _objects = Record;
    }

    /// <summary>A field whose value is text, unless the name is taken.</summary>
    public bool TryWriteText(ReadOnlySpan<byte> name, ReadOnlySpan<byte> text, PooledBytes json)
    {
        if (!TryTake(name))
            return false;
        WriteText(name, text, json);
        return true;
    }

    /// <summary>A field whose value is text and whose name is known to be free.</summary>
    public static void WriteText(ReadOnlySpan<byte> name, ReadOnlySpan<byte> text, PooledBytes json)
    {
        AttributeText.WriteJsonString(name, json);
        json.WriteByte((byte)':');
        AttributeText.WriteJsonString(text, json);
        json.WriteByte((byte)',');
    }

    /// <summary>An attribute of a resource or a scope: its value is text, whatever its kind.</summary>
    public void WriteAsText(ReadOnlySpan<byte> name, AnyValueReader value, PooledBytes json)
    {
        if (TryTake(name))
            WriteText(name, TextOf(value), json);
    }

    /// <summary>An attribute of a record.</summary>
    public void Write(ReadOnlySpan<byte> name, AnyValueReader value, PooledBytes json)
    {
        if (value.Kind != AnyValueKind.KeyValueList)
        {
            if (!TryTake(name))
                return;
            AttributeText.WriteJsonString(name, json);
            json.WriteByte((byte)':');
            WriteValue(value, json, depth: 1);
            json.WriteByte((byte)',');
            return;
        }

        _base = 0;
        _path.Clear();
        _path.Write(name);
        WriteMembers(value.KeyValues.Values, Record, json, depth: 1);
    }

    /// <summary>The value as text; valid until the next call.</summary>
    public ReadOnlySpan<byte> TextOf(AnyValueReader value)
    {
        if (value.Kind == AnyValueKind.String)
            return value.Bytes;
        _text.Clear();
        AttributeText.Write(value, _text);
        return _text.Span;
    }

    /// <summary>Forgets everything and gives memory back.</summary>
    public void Release()
    {
        _keys.Release();
        _path.Release();
        _text.Release();
        _objects = Record;
        _end = int.MaxValue;
    }

    public void Dispose() => Release();

    /// <summary>The members of a list under the path that leads to it.</summary>
    private void WriteMembers(WireList<KeyValueReader> members, int scope, PooledBytes json, int depth)
    {
        var parent = _path.Length;
        foreach (var member in members)
        {
            if (json.Length > _end)
                return;
            if (parent > _base)
                _path.WriteByte((byte)'.');
            _path.Write(member.Key);
            var value = member.Value;
            if (value.Kind == AnyValueKind.KeyValueList && depth + 1 < MaxDepth)
            {
                WriteMembers(value.KeyValues.Values, scope, json, depth + 1);
            }
            else if (_keys.TryAdd(scope, _path.Span[_base..]))
            {
                AttributeText.WriteJsonString(_path.Span[_base..], json);
                json.WriteByte((byte)':');
                WriteValue(value, json, depth + 1);
                json.WriteByte((byte)',');
            }

            _path.Length = parent;
        }
    }

    private void WriteValue(AnyValueReader value, PooledBytes json, int depth)
    {
        switch (value.Kind)
        {
            case AnyValueKind.String:
                AttributeText.WriteJsonString(value.Bytes, json);
                break;
            case AnyValueKind.Bool or AnyValueKind.Int or AnyValueKind.Double:
                AttributeText.WriteJson(value, json);
                break;
            case AnyValueKind.Array when depth < MaxDepth:
                WriteElements(value.Array.Values, json, depth);
                break;
            case AnyValueKind.KeyValueList when depth < MaxDepth:
                WriteObject(value.KeyValues.Values, json, depth);
                break;
            default:
                AttributeText.WriteJsonString(TextOf(value), json);
                break;
        }
    }

    private void WriteElements(WireList<AnyValueReader> elements, PooledBytes json, int depth)
    {
        json.WriteByte((byte)'[');
        var isFirst = true;
        foreach (var element in elements)
        {
            if (!isFirst)
                json.WriteByte((byte)',');
            isFirst = false;
            WriteValue(element, json, depth + 1);
        }

        json.WriteByte((byte)']');
    }

    /// <summary>A key-value list in an array: an object, whose names are flattened in turn.</summary>
    private void WriteObject(WireList<KeyValueReader> members, PooledBytes json, int depth)
    {
        var (outerBase, outerLength) = (_base, _path.Length);
        _base = outerLength;
        json.WriteByte((byte)'{');
        var start = json.Length;
        WriteMembers(members, ++_objects, json, depth);
        if (json.Length > start)
            json.Length--;
        json.WriteByte((byte)'}');
        (_base, _path.Length) = (outerBase, outerLength);
    }
}
