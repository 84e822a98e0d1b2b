using System.Runtime.InteropServices;
using Rotel.Otlp;
using Rotel.Otlp.Readers;
using Rotel.Otlp.Wire;

namespace Rotel.Kafka.Records;

/// <summary>
/// Deals the resources of a batch out by topic and key, in order of first appearance, without touching what is inside them. To be used
/// again for the next batch. Not thread-safe.
/// </summary>
/// <param name="topics">Where resources name their topic; null when they do not.</param>
internal sealed class ResourceGroups(ResourceTopics? topics)
{
    /// <summary>Groups with their lists are kept for the next batch, up to this many.</summary>
    private const int MaxKept = 256;

    /// <summary>Lists that one unusual batch made longer are not kept for the next.</summary>
    private const int MaxKeptEntries = 16 * 1024;

    private readonly List<ResourceGroup> _groups = [];
    private readonly Dictionary<GroupName, ResourceGroup> _byName = [];
    private readonly List<Stretch> _stretches = [];

    /// <summary>How many groups there are.</summary>
    public int Count { get; private set; }

    public ResourceGroup this[int index] => _groups[index];

    /// <summary>Adds the resources of a payload, which stays the caller's and is not to be disposed before <see cref="Clear"/>.</summary>
    /// <param name="payload">A body that may be split.</param>
    /// <param name="ownTopic">Where resources go that name no topic.</param>
    /// <param name="byAttributes">Whether the hash of their attributes is their key.</param>
    /// <param name="records">Told of what cannot be read.</param>
    public void Add(OtlpPayload payload, string ownTopic, bool byAttributes, BatchRecords records)
    {
        _stretches.Clear();
        try
        {
            FindStretches(payload.Body.Span, ownTopic, byAttributes, records);
        }
        catch (WireFormatException)
        {
            // Bodies from our own process are only looked at from outside; what such a one holds comes to light here.
            records.CountUnreadable(payload.ItemCount);
            return;
        }

        foreach (var stretch in _stretches)
        {
            var bytes = payload.Body[stretch.Start..stretch.End];
            var items = _stretches.Count == 1
                ? payload.ItemCount
                : OtlpValidator.Validate(payload.Signal, bytes.Span, OtlpLimits.InProcess).ItemCount;
            stretch.Group.Parts.Add(new BodyPart(bytes, items));
        }
    }

    /// <summary>Forgets all groups.</summary>
    public void Clear()
    {
        for (var i = 0; i < Count; i++)
            _groups[i].Parts.Clear();
        if (_groups.Count > MaxKept)
            _groups.RemoveRange(MaxKept, _groups.Count - MaxKept);
        Count = 0;
        _byName.Clear();
        _stretches.Clear();
        if (_byName.Capacity <= MaxKeptEntries)
            return;
        _byName.TrimExcess();
        _stretches.Capacity = 0;
        _groups.TrimExcess();
    }

    /// <summary>Notes which stretches of a body, each of whole resources, go to one group.</summary>
    private void FindStretches(ReadOnlySpan<byte> body, string ownTopic, bool byAttributes, BatchRecords records)
    {
        var start = 0;
        var reader = new WireReader(body);
        while (reader.TryReadTag(out var field, out var type))
        {
            if (!OtlpEnvelope.IsChild(level: 0, field, type))
            {
                reader.Skip(field, type);
                continue;
            }

            // The kind of its items does not matter here.
            var attributes = ResourceEnvelopeReader<SpanReader>.Read(reader.ReadBytes()).Resource.Attributes;
            var topic = ownTopic;
            if (topics is not null)
            {
                topic = topics.Find(attributes, out var isRefused) ?? ownTopic;
                records.HasTooManyTopics |= isRefused;
            }

            var name = new GroupName(topic, byAttributes && !attributes.IsEmpty ? ResourceKey.Hash(attributes) : null);
            if (_stretches.Count > 0 && _stretches[^1].Group.Name == name)
                _stretches[^1] = _stretches[^1] with { End = reader.Position };
            else
                _stretches.Add(new Stretch(Find(name), start, reader.Position));
            start = reader.Position;
        }
    }

    private ResourceGroup Find(GroupName name)
    {
        ref var group = ref CollectionsMarshal.GetValueRefOrAddDefault(_byName, name, out _);
        if (group is not null)
            return group;
        if (Count == _groups.Count)
            _groups.Add(new ResourceGroup());
        group = _groups[Count++];
        group.Name = name;
        return group;
    }

    /// <summary>What resources of one group have in common.</summary>
    /// <param name="Topic">Where they go.</param>
    /// <param name="Hash">What their key is made of; null for no key.</param>
    internal readonly record struct GroupName(string Topic, ulong? Hash);

    /// <summary>Resources with one topic and key.</summary>
    internal sealed class ResourceGroup
    {
        public GroupName Name { get; set; }

        /// <summary>Their bytes, as parts of bodies, in order.</summary>
        public List<BodyPart> Parts { get; } = [];

        public RecordTarget Target => new(Name.Topic, Name.Hash is { } hash ? RecordKey.Of(hash) : null);
    }

    private readonly record struct Stretch(ResourceGroup Group, int Start, int End);
}
