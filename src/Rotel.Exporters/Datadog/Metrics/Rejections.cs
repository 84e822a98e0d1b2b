namespace Rotel.Exporters.Datadog.Metrics;

/// <summary>Why points are left out, as logs say it.</summary>
internal static class Rejections
{
    public const string NoName = "the name of a metric has no letter to start with";
    public const string NoValue = "a point has no value";
    public const string NotFinite = "a value is not a finite number";
    public const string NoTemporality = "a metric has no aggregation temporality that is known";
    public const string Buckets = "the buckets of a histogram do not fit its bounds";
    public const string Bounds = "the bounds of a histogram do not rise";
    public const string NothingKnown = "a histogram has neither buckets nor a sum";
    public const string TooManyBuckets = "a histogram has too many buckets";
    public const string TooMany = "a histogram has more observations than a distribution can count";
    public const string TooLarge = "a bucket of an exponential histogram lies beyond the largest number";
}
