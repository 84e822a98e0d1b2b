using System.IO.Hashing;
using Rotel.Exporters.Datadog.Resources;
using Rotel.Otlp.Wire;

namespace Rotel.Exporters.Datadog.Stats;

/// <summary>
/// What tells groups apart, as one run of bytes: first the origin (environment, host, version, container, language, commit, image), then
/// flags, HTTP status, and the span's texts, each behind its length. Compared as a whole, so that a hash alone never decides.
/// </summary>
internal static class StatisticsKey
{
    /// <summary>More is no key of its own: the agent cuts each of the texts far below.</summary>
    private const int MaxLength = 64 * 1024;

    /// <summary>A hash of its own per process, so that no sender can choose texts that collide.</summary>
    private static readonly long Seed = Random.Shared.NextInt64();

    [ThreadStatic]
    private static Scratch? _scratch;

    /// <summary>Stands for every text of a group that counts what has no room; Datadog's tracers write the same.</summary>
    public static ReadOnlySpan<byte> Blocked => "tracer_blocked_value"u8;

    public static ulong Hash(ReadOnlySpan<byte> key) => XxHash3.HashToUInt64(key, Seed);

    /// <summary>The key of a span, valid on this thread until the next; false when it is too long to be one.</summary>
    public static bool TryWrite(in SpanStatistics span, out ReadOnlySpan<byte> key, out int originLength)
    {
        // A text's length takes at most five bytes, and so do the two numbers.
        long most = span.Service.Length + span.Name.Length + span.Resource.Length + span.Type.Length + span.Kind.Length
            + span.HttpMethod.Length + span.HttpEndpoint.Length + span.GrpcStatusCode.Length + span.PeerTags.Length + 50L;
        var scratch = _scratch ??= new Scratch();
        originLength = scratch.Begin(span.Source);
        key = default;
        if (most > MaxLength)
            return false;

        scratch.Reserve((int)most);
        scratch.Write(Flags(span.IsTraceRoot ? TraceRoot.True : TraceRoot.False, span.IsSynthetic));
        scratch.Write(span.HttpStatusCode);
        scratch.Write(span.Service);
        scratch.Write(span.Name);
        scratch.Write(span.Resource);
        scratch.Write(span.Type);
        scratch.Write(span.Kind);
        scratch.Write(span.HttpMethod);
        scratch.Write(span.HttpEndpoint);
        scratch.Write(span.GrpcStatusCode);
        key = scratch.End(span.PeerTags);
        return true;
    }

    /// <summary>
    /// The key of the group that counts an origin's spans when there is no room for groups of their own; valid on this thread until the
    /// next.
    /// </summary>
    public static ReadOnlySpan<byte> WriteBlocked(DatadogResource source, out int originLength)
    {
        var scratch = _scratch ??= new Scratch();
        originLength = scratch.Begin(source);
        scratch.Reserve(8 * (Blocked.Length + 5));
        scratch.Write(Flags(TraceRoot.Unset, isSynthetic: false));
        scratch.Write(0);
        scratch.Write(Blocked);
        scratch.Write(Blocked);
        scratch.Write(Blocked);
        scratch.Write(Blocked);
        scratch.Write(Blocked);
        scratch.Write(Blocked);
        scratch.Write(Blocked);
        scratch.Write([]);
        scratch.Write(Blocked);
        return scratch.End([]);
    }

    private static uint Flags(TraceRoot root, bool isSynthetic) => ((uint)root << 1) | (isSynthetic ? 1u : 0);

    /// <summary>The value of a container's tag, or nothing.</summary>
    private static ReadOnlySpan<byte> TagOf(DatadogResource source, ReadOnlySpan<byte> prefix)
    {
        foreach (var tag in source.ContainerTags)
        {
            if (tag.AsSpan().StartsWith(prefix))
                return tag.AsSpan(prefix.Length);
        }

        return [];
    }

    /// <summary>Where one thread writes keys. The origin stays at its start while spans of the same resource follow one another.</summary>
    private sealed class Scratch
    {
        private byte[] _bytes = new byte[1024];
        private DatadogResource? _source;
        private int _originLength;
        private int _length;

        public int Begin(DatadogResource source)
        {
            if (ReferenceEquals(_source, source))
            {
                _length = _originLength;
                return _originLength;
            }

            var commit = TagOf(source, "git.commit.sha:"u8);
            var image = TagOf(source, "image_tag:"u8);
            _source = null;
            _length = 0;
            Reserve(source.Environment.Length + source.Host.Length + source.Version.Length + source.ContainerId.Length
                + source.Language.Length + commit.Length + image.Length + 35);
            Write(source.Environment);
            Write(source.Host);
            Write(source.Version);
            Write(source.ContainerId);
            Write(source.Language);
            Write(commit);
            Write(image);
            _source = source;
            _originLength = _length;
            return _length;
        }

        public void Reserve(int count)
        {
            if (count > _bytes.Length - _length)
                Array.Resize(ref _bytes, Math.Max(_length + count, 2 * _bytes.Length));
        }

        public void Write(uint number) => _length += WireFormat.WriteVarint(_bytes.AsSpan(_length), number);

        public void Write(ReadOnlySpan<byte> text)
        {
            if (text.Length >= 0x80)
            {
                Write((uint)text.Length);
                text.CopyTo(_bytes.AsSpan(_length));
                _length += text.Length;
                return;
            }

            var room = _bytes.AsSpan(_length, text.Length + 1);
            room[0] = (byte)text.Length;
            text.CopyTo(room[1..]);
            _length += room.Length;
        }

        public ReadOnlySpan<byte> End(ReadOnlySpan<byte> peerTags)
        {
            peerTags.CopyTo(_bytes.AsSpan(_length));
            _length += peerTags.Length;
            return _bytes.AsSpan(0, _length);
        }
    }
}
