using System.Buffers;
using System.Buffers.Binary;
using System.Diagnostics;
using System.Runtime.InteropServices;
using Rotel.Otlp.Fields;
using Rotel.Otlp.Wire;

namespace Rotel.Otlp;

/// <summary>
/// Deals the spans of bodies out by trace: a group for each trace id, in order of first appearance, and one for the spans without a legal
/// id. Each group can be written as a body of its own: its spans in order, and once around those that share them their scope and resource,
/// unknown fields included. Envelopes without spans belong to no trace and are left behind.
/// </summary>
/// <remarks>
/// For bodies that <see cref="OtlpValidator"/> accepted, without unknown top-level fields, together of no more than
/// <see cref="int.MaxValue"/> bytes. They are read until <see cref="Clear"/> and stay the caller's. One pass notes where the spans of each
/// trace lie, so that nothing is made per span, and neighbours of one trace and scope are copied at once; a body whose fields are not in the
/// usual order is first rewritten into a pooled array. To be used again and again. Not thread-safe.
/// </remarks>
internal sealed class OtlpTraceGroups : IDisposable
{
    private const uint TraceIdTag = ((uint)TraceFields.Span.TraceId << 3) | (uint)WireType.LengthDelimited;
    private const int TraceIdLength = 16;

    /// <summary>Lists that one unusual batch made longer are not kept for the next.</summary>
    private const int MaxKeptEntries = 16 * 1024;

    private readonly List<ReadOnlyMemory<byte>> _bodies = [];
    private readonly List<byte[]> _rewritten = [];
    private readonly List<Envelope> _resources = [];
    private readonly List<Envelope> _scopes = [];
    private readonly List<Run> _runs = [];
    private readonly List<Group> _groups = [];
    private readonly Dictionary<UInt128, int> _groupOfId = [];
    private int _lastGroup = -1;

    /// <summary>How many groups there are.</summary>
    public int Count => _groups.Count;

    /// <summary>
    /// Adds the spans of a body. Throws <see cref="WireFormatException"/> where one is not protobuf, which happens only to bodies that were
    /// not checked inside; then nothing of this body was added.
    /// </summary>
    public void Add(ReadOnlyMemory<byte> body)
    {
        var before = (Bodies: _bodies.Count, Resources: _resources.Count, Scopes: _scopes.Count, Runs: _runs.Count, Groups: _groups.Count);
        try
        {
            var ordered = Order(body);
            _bodies.Add(ordered);
            AddResources(ordered.Span);
        }
        catch (WireFormatException)
        {
            RemoveRunsFrom(before.Runs);
            RemoveGroupsFrom(before.Groups);
            Shorten(_scopes, before.Scopes);
            Shorten(_resources, before.Resources);
            Shorten(_bodies, before.Bodies);
            throw;
        }
    }

    /// <summary>The trace id of a group as one big-endian number; zero, which no trace has, for the spans without one.</summary>
    public UInt128 TraceId(int group) => _groups[group].TraceId;

    /// <summary>How many spans a group has.</summary>
    public int ItemCount(int group) => _groups[group].ItemCount;

    /// <summary>The exact length of a group's body.</summary>
    public int Measure(int group)
    {
        var runs = CollectionsMarshal.AsSpan(_runs);
        var scopes = CollectionsMarshal.AsSpan(_scopes);
        var (total, inResource, inScope) = (0, 0, 0);
        for (var at = _groups[group].LastRun; at >= 0; at = runs[at].Previous)
        {
            ref readonly var run = ref runs[at];
            inScope += run.End - run.Start;
            if (run.Previous >= 0 && runs[run.Previous].Scope == run.Scope)
                continue;

            ref readonly var scope = ref scopes[run.Scope];
            inResource += OtlpEnvelope.FramedLength(scope.Place.RestLength + inScope);
            inScope = 0;
            if (run.Previous >= 0 && scopes[runs[run.Previous].Scope].Parent == scope.Parent)
                continue;

            total += OtlpEnvelope.FramedLength(_resources[scope.Parent].Place.RestLength + inResource);
            inResource = 0;
        }

        return total;
    }

    /// <summary>Writes a group's body into <paramref name="destination"/>, which is as long as <see cref="Measure"/> said.</summary>
    public void Write(int group, Span<byte> destination)
    {
        // From the end to the start, so that the length of an envelope is known when it is to be written.
        var runs = CollectionsMarshal.AsSpan(_runs);
        var scopes = CollectionsMarshal.AsSpan(_scopes);
        var resources = CollectionsMarshal.AsSpan(_resources);
        var (resourceEnd, scopeEnd) = (-1, -1);
        var position = destination.Length;
        for (var at = _groups[group].LastRun; at >= 0; at = runs[at].Previous)
        {
            ref readonly var run = ref runs[at];
            ref readonly var scope = ref scopes[run.Scope];
            ref readonly var resource = ref resources[scope.Parent];
            var body = _bodies[resource.Parent].Span;
            if (resourceEnd < 0)
            {
                resourceEnd = position;
                Prepend(body[resource.Place.ChildrenEnd..resource.Place.End], destination, ref position);
            }

            if (scopeEnd < 0)
            {
                scopeEnd = position;
                Prepend(body[scope.Place.ChildrenEnd..scope.Place.End], destination, ref position);
            }

            Prepend(body[run.Start..run.End], destination, ref position);
            if (run.Previous >= 0 && runs[run.Previous].Scope == run.Scope)
                continue;

            PrependStart(body, scope.Place, scopeEnd, destination, ref position);
            scopeEnd = -1;
            if (run.Previous >= 0 && scopes[runs[run.Previous].Scope].Parent == scope.Parent)
                continue;

            PrependStart(body, resource.Place, resourceEnd, destination, ref position);
            resourceEnd = -1;
        }

        Debug.Assert(position == 0, "A group is as long as it was measured.");
    }

    /// <summary>Forgets all groups and bodies.</summary>
    public void Clear()
    {
        foreach (var array in _rewritten)
            ArrayPool<byte>.Shared.Return(array);
        Empty(_rewritten);
        Empty(_bodies);
        Empty(_resources);
        Empty(_scopes);
        Empty(_runs);
        Empty(_groups);
        _groupOfId.Clear();
        if (_groupOfId.Capacity > MaxKeptEntries)
            _groupOfId.TrimExcess();
        _lastGroup = -1;
    }

    public void Dispose() => Clear();

    private ReadOnlyMemory<byte> Order(ReadOnlyMemory<byte> body)
    {
        if (OtlpEnvelopeOrder.IsOrdered(OtlpSignal.Traces, body.Span))
            return body;
        var array = ArrayPool<byte>.Shared.Rent(OtlpEnvelopeOrder.MaxLength(body.Span));
        _rewritten.Add(array);
        return array.AsMemory(0, OtlpEnvelopeOrder.Order(OtlpSignal.Traces, body.Span, array));
    }

    private void AddResources(ReadOnlySpan<byte> body)
    {
        var request = OtlpEnvelope.Read(body, level: 0, tag: 0, 0, body.Length);
        for (var start = request.ChildrenStart; start < request.ChildrenEnd;)
        {
            var resource = ReadChild(body, level: 1, ref start);
            _resources.Add(new Envelope(_bodies.Count - 1, resource));
            for (var scopeStart = resource.ChildrenStart; scopeStart < resource.ChildrenEnd;)
            {
                var scope = ReadChild(body, level: 2, ref scopeStart);
                _scopes.Add(new Envelope(_resources.Count - 1, scope));
                AddSpans(body[scope.ChildrenStart..scope.ChildrenEnd], scope.ChildrenStart);
            }
        }
    }

    /// <summary>Adds the spans of the scope that was added last.</summary>
    private void AddSpans(ReadOnlySpan<byte> spans, int offset)
    {
        var run = new Run { Scope = _scopes.Count - 1, Group = -1, Start = offset, End = offset };
        var reader = new WireReader(spans);
        while (reader.TryReadTag(out uint _))
        {
            var group = GroupOf(ReadTraceId(reader.ReadBytes()));
            if (group != run.Group)
            {
                AddRun(run);
                run.Group = group;
                run.Start = run.End;
                run.ItemCount = 0;
            }

            run.End = offset + reader.Position;
            run.ItemCount++;
        }

        AddRun(run);
    }

    private void AddRun(Run run)
    {
        if (run.ItemCount == 0)
            return;
        ref var group = ref CollectionsMarshal.AsSpan(_groups)[run.Group];
        run.Previous = group.LastRun;
        group.LastRun = _runs.Count;
        group.ItemCount += run.ItemCount;
        _runs.Add(run);
    }

    private int GroupOf(UInt128 traceId)
    {
        if (_lastGroup >= 0 && _groups[_lastGroup].TraceId == traceId)
            return _lastGroup;

        ref var group = ref CollectionsMarshal.GetValueRefOrAddDefault(_groupOfId, traceId, out var exists);
        if (!exists)
        {
            group = _groups.Count;
            _groups.Add(new Group { TraceId = traceId, LastRun = -1 });
        }

        return _lastGroup = group;
    }

    private void RemoveRunsFrom(int count)
    {
        var groups = CollectionsMarshal.AsSpan(_groups);
        for (var i = _runs.Count - 1; i >= count; i--)
        {
            var run = _runs[i];
            groups[run.Group].LastRun = run.Previous;
            groups[run.Group].ItemCount -= run.ItemCount;
        }

        Shorten(_runs, count);
    }

    private void RemoveGroupsFrom(int count)
    {
        for (var i = count; i < _groups.Count; i++)
            _groupOfId.Remove(_groups[i].TraceId);
        Shorten(_groups, count);
        _lastGroup = -1;
    }

    /// <summary>Reads the envelope that begins at <paramref name="start"/> with its tag, and moves on to its end.</summary>
    private static OtlpEnvelope ReadChild(ReadOnlySpan<byte> body, int level, ref int start)
    {
        var tag = body[start];
        var reader = new WireReader(body[(start + 1)..]);
        var length = reader.ReadBytes().Length;
        start += 1 + reader.Position;
        return OtlpEnvelope.Read(body, level, tag, start - length, start);
    }

    /// <summary>The trace id as the last of its occurrences says; zero when that is none.</summary>
    private static UInt128 ReadTraceId(ReadOnlySpan<byte> span)
    {
        ReadOnlySpan<byte> id = default;
        var reader = new WireReader(span);
        while (reader.TryReadTag(out uint tag))
        {
            if (tag == TraceIdTag)
                id = reader.ReadBytes();
            else
                reader.Skip(tag);
        }

        return id.Length == TraceIdLength ? BinaryPrimitives.ReadUInt128BigEndian(id) : UInt128.Zero;
    }

    private static void Prepend(ReadOnlySpan<byte> bytes, Span<byte> destination, ref int position)
    {
        position -= bytes.Length;
        bytes.CopyTo(destination[position..]);
    }

    /// <summary>Writes tag, length and what comes before the children of an envelope that ends at <paramref name="end"/>.</summary>
    private static void PrependStart(ReadOnlySpan<byte> body, in OtlpEnvelope envelope, int end, Span<byte> destination, ref int position)
    {
        Prepend(body[envelope.Start..envelope.ChildrenStart], destination, ref position);
        var length = (uint)(end - position);
        position -= WireFormat.VarintLength(length);
        WireFormat.WriteVarint(destination[position..], length);
        destination[--position] = envelope.Tag;
    }

    private static void Shorten<T>(List<T> list, int count) => list.RemoveRange(count, list.Count - count);

    private static void Empty<T>(List<T> list)
    {
        list.Clear();
        if (list.Capacity > MaxKeptEntries)
            list.Capacity = 0;
    }

    /// <summary>A ResourceSpans in a body, or a ScopeSpans in a ResourceSpans; the parent is an index into the list of those.</summary>
    [StructLayout(LayoutKind.Auto)]
    private readonly record struct Envelope(int Parent, OtlpEnvelope Place);

    /// <summary>Spans of one trace next to each other in a scope.</summary>
    [StructLayout(LayoutKind.Auto)]
    private struct Run
    {
        public int Scope;
        public int Group;

        /// <summary>The run before this one in the same group; -1 for none.</summary>
        public int Previous;
        public int Start;
        public int End;
        public int ItemCount;
    }

    [StructLayout(LayoutKind.Auto)]
    private struct Group
    {
        public UInt128 TraceId;

        /// <summary>The end of the group's chain of runs; -1 while there is none.</summary>
        public int LastRun;
        public int ItemCount;
    }
}
