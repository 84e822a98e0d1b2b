using Rotel.Exporters.Datadog.Resources;
using Rotel.Memory;

namespace Rotel.Exporters.Datadog.Stats;

/// <summary>
/// Writes closed groups as the agent's StatsPayload in MessagePack: one ClientStatsPayload for each origin, in it one bucket for each
/// start,
/// in it the groups. The names are those of the agent's own encoding
/// (https://github.com/DataDog/datadog-agent/blob/main/pkg/proto/datadog/trace/stats.proto).
/// </summary>
/// <param name="host">Of this process; the agent's there.</param>
/// <param name="environment">The exporter's own.</param>
/// <param name="version">Stands for the agent's version.</param>
/// <param name="limits">How large a payload is.</param>
internal sealed class StatsPayloadWriter(byte[] host, byte[] environment, byte[] version, StatisticsLimits limits)
{
    /// <summary>What a group takes beside its texts and its sketches, at most: names of fields, and numbers.</summary>
    private const int FixedLength = 420;

    /// <summary>What an origin takes beside its tags, at most.</summary>
    private const int OriginLength = 300;

    /// <summary>
    /// Puts groups into an order in which those of one origin and start are neighbours, and says where each payload begins, and the last
    /// one
    /// ends.
    /// </summary>
    public List<int> Cut(List<ClosedGroup> groups)
    {
        groups.Sort(static (one, other) =>
        {
            var origin = one.Group.Origin.SequenceCompareTo(other.Group.Origin);
            return origin != 0 ? origin : one.Start.CompareTo(other.Start);
        });

        var cuts = new List<int> { 0 };
        long length = 0;
        for (var i = 0; i < groups.Count; i++)
        {
            var group = groups[i].Group;
            var isNewOrigin = i == cuts[^1] || !IsSameOrigin(groups[i - 1], groups[i]);
            var next = EncodedLength(group) + (isNewOrigin ? EncodedLengthOfOrigin(group.Source) : 0);
            if (i > cuts[^1] && (i - cuts[^1] == limits.MaxGroupsPerPayload || length + next > limits.MaxPayloadBytes))
            {
                cuts.Add(i);
                length = 0;
                next = EncodedLength(group) + EncodedLengthOfOrigin(group.Source);
            }

            length += next;
        }

        if (groups.Count > 0)
            cuts.Add(groups.Count);
        return cuts;
    }

    /// <param name="output">What is written to.</param>
    /// <param name="groups">A part as <see cref="Cut"/> made it.</param>
    /// <param name="isSplit">Whether there are more parts.</param>
    public void Write(PooledBytes output, ReadOnlySpan<ClosedGroup> groups, bool isSplit)
    {
        output.WriteMapHeader(6);
        output.WriteText("AgentHostname"u8);
        output.WriteText(host);
        output.WriteText("AgentEnv"u8);
        output.WriteText(environment);
        output.WriteText("Stats"u8);
        output.WriteArrayHeader(Runs(groups, IsSameOrigin));
        while (!groups.IsEmpty)
        {
            var run = Run(groups, IsSameOrigin);
            WriteOrigin(output, groups[..run]);
            groups = groups[run..];
        }

        output.WriteText("AgentVersion"u8);
        output.WriteText(version);
        output.WriteText("ClientComputed"u8);
        output.WriteTruth(false);
        output.WriteText("SplitPayload"u8);
        output.WriteTruth(isSplit);
    }

    private static bool IsSameOrigin(ClosedGroup one, ClosedGroup other) => one.Group.Origin.SequenceEqual(other.Group.Origin);

    private static bool IsSameStart(ClosedGroup one, ClosedGroup other) => one.Start == other.Start;

    /// <summary>How many groups from the first on are the same in something.</summary>
    private static int Run(ReadOnlySpan<ClosedGroup> groups, Func<ClosedGroup, ClosedGroup, bool> isSame)
    {
        var count = 1;
        while (count < groups.Length && isSame(groups[0], groups[count]))
            count++;
        return count;
    }

    private static int Runs(ReadOnlySpan<ClosedGroup> groups, Func<ClosedGroup, ClosedGroup, bool> isSame)
    {
        var runs = 0;
        for (; !groups.IsEmpty; runs++)
            groups = groups[Run(groups, isSame)..];
        return runs;
    }

    private static long EncodedLength(GroupStatistics group) =>
        FixedLength + group.Key.Length + group.Ok.EncodedLength + group.Error.EncodedLength;

    private static long EncodedLengthOfOrigin(DatadogResource source) =>
        OriginLength + source.ContainerTags.Sum(static tag => tag.Length + 5L);

    private static void WriteOrigin(PooledBytes output, ReadOnlySpan<ClosedGroup> groups)
    {
        var first = groups[0].Group;
        var origin = new StatisticsKeyReader(first.Origin);
        var environment = origin.Text();
        output.WriteMapHeader(14);
        output.WriteText("Hostname"u8);
        output.WriteText(origin.Text());
        output.WriteText("Env"u8);
        output.WriteText(environment);
        output.WriteText("Version"u8);
        output.WriteText(origin.Text());
        output.WriteText("Stats"u8);
        output.WriteArrayHeader(Runs(groups, IsSameStart));
        while (!groups.IsEmpty)
        {
            var run = Run(groups, IsSameStart);
            WriteBucket(output, groups[..run]);
            groups = groups[run..];
        }

        var container = origin.Text();
        output.WriteText("Lang"u8);
        output.WriteText(origin.Text());
        output.WriteText("TracerVersion"u8);
        output.WriteText([]);
        output.WriteText("RuntimeID"u8);
        output.WriteText([]);
        output.WriteText("Sequence"u8);
        output.WriteNumber(0);
        output.WriteText("AgentAggregation"u8);
        output.WriteText([]);
        output.WriteText("Service"u8);
        output.WriteText([]);
        output.WriteText("ContainerID"u8);
        output.WriteText(container);
        output.WriteText("Tags"u8);
        WriteTags(output, container.IsEmpty ? [] : first.Source.ContainerTags);
        output.WriteText("GitCommitSha"u8);
        output.WriteText(origin.Text());
        output.WriteText("ImageTag"u8);
        output.WriteText(origin.Text());
    }

    private static void WriteTags(PooledBytes output, IReadOnlyList<byte[]> tags)
    {
        output.WriteArrayHeader(tags.Count);
        foreach (var tag in tags)
            output.WriteText(tag);
    }

    private static void WriteBucket(PooledBytes output, ReadOnlySpan<ClosedGroup> groups)
    {
        output.WriteMapHeader(4);
        output.WriteText("Start"u8);
        output.WriteNumber(groups[0].Start);
        output.WriteText("Duration"u8);
        output.WriteNumber(StatsConcentrator.Window);
        output.WriteText("Stats"u8);
        output.WriteArrayHeader(groups.Length);
        foreach (ref readonly var group in groups)
            WriteGroup(output, group.Group);
        output.WriteText("AgentTimeShift"u8);
        output.WriteNumber(0);
    }

    private static void WriteGroup(PooledBytes output, GroupStatistics group)
    {
        var key = new StatisticsKeyReader(group.Key[group.Origin.Length..]);
        var flags = key.Number();
        output.WriteMapHeader(19);
        output.WriteText("HTTPStatusCode"u8);
        output.WriteNumber(key.Number());
        output.WriteText("Service"u8);
        output.WriteText(key.Text());
        output.WriteText("Name"u8);
        output.WriteText(key.Text());
        output.WriteText("Resource"u8);
        output.WriteText(key.Text());
        output.WriteText("Type"u8);
        output.WriteText(key.Text());
        output.WriteText("SpanKind"u8);
        output.WriteText(key.Text());
        output.WriteText("HTTPMethod"u8);
        output.WriteText(key.Text());
        output.WriteText("HTTPEndpoint"u8);
        output.WriteText(key.Text());
        output.WriteText("GRPCStatusCode"u8);
        output.WriteText(key.Text());
        output.WriteText("PeerTags"u8);
        output.WriteArrayHeader(key.CountTexts());
        while (!key.IsAtEnd)
            output.WriteText(key.Text());
        output.WriteText("DBType"u8);
        output.WriteText([]);
        output.WriteText("Hits"u8);
        output.WriteNumber(group.Hits);
        output.WriteText("Errors"u8);
        output.WriteNumber(group.Errors);
        output.WriteText("Duration"u8);
        output.WriteNumber(group.Duration);
        output.WriteText("TopLevelHits"u8);
        output.WriteNumber(group.TopLevelHits);
        output.WriteText("Synthetics"u8);
        output.WriteTruth((flags & 1) != 0);
        output.WriteText("IsTraceRoot"u8);
        output.WriteNumber(flags >> 1);
        output.WriteText("OkSummary"u8);
        WriteSketch(output, group.Ok);
        output.WriteText("ErrorSummary"u8);
        WriteSketch(output, group.Error);
    }

    private static void WriteSketch(PooledBytes output, LogarithmicSketch sketch)
    {
        output.WriteBytesHeader(sketch.EncodedLength);
        sketch.WriteTo(output);
    }
}
