using System.Globalization;
using Rotel.Datadog.TestKit.Sketch;

namespace Rotel.Exporters.Tests.Datadog.Stats;

/// <summary>One group of a StatsPayload as foreign code reads it, with the bucket and the origin it was sent in.</summary>
internal sealed record SentGroup(
    Dictionary<object, object> Payload, Dictionary<object, object> Origin, Dictionary<object, object> Bucket, Dictionary<object, object> Fields)
{
    public string Resource => (string)Fields["Resource"];

    public long Hits => Number(Fields["Hits"]);

    public long TopLevelHits => Number(Fields["TopLevelHits"]);

    public long Errors => Number(Fields["Errors"]);

    public long Duration => Number(Fields["Duration"]);

    /// <summary>Seconds since 1970.</summary>
    public long Start => Number(Bucket["Start"]) / 1_000_000_000;

    public DDSketch Ok => DDSketch.Parser.ParseFrom((byte[])Fields["OkSummary"]);

    public DDSketch Error => DDSketch.Parser.ParseFrom((byte[])Fields["ErrorSummary"]);

    public static long Number(object value) => Convert.ToInt64(value, CultureInfo.InvariantCulture);

    public static IEnumerable<SentGroup> All(IEnumerable<Dictionary<object, object>> payloads) =>
        from payload in payloads
        from origin in Maps(payload["Stats"])
        from bucket in Maps(origin["Stats"])
        from fields in Maps(bucket["Stats"])
        select new SentGroup(payload, origin, bucket, fields);

    private static IEnumerable<Dictionary<object, object>> Maps(object array) => ((object[])array).Cast<Dictionary<object, object>>();
}
