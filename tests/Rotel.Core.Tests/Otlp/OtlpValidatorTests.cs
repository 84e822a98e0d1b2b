using Rotel.TestKit.Telemetry;

namespace Rotel.Otlp;

public sealed class OtlpValidatorTests
{
    [Theory]
    [InlineData("0A", nameof(OtlpFault.Truncated), 0)]
    [InlineData("0A05120300", nameof(OtlpFault.BadLength), 1)]
    [InlineData("0A0412031A00", nameof(OtlpFault.BadLength), 3)]
    [InlineData("0A020001", nameof(OtlpFault.BadTag), 2)]
    [InlineData("0A0106", nameof(OtlpFault.BadTag), 2)]
    [InlineData("0A0107", nameof(OtlpFault.BadTag), 2)]
    [InlineData("80808080100A00", nameof(OtlpFault.BadTag), 0)]
    [InlineData("08FFFFFFFFFFFFFFFFFFFF01", nameof(OtlpFault.BadVarint), 1)]
    [InlineData("12FFFFFFFF0F", nameof(OtlpFault.BadLength), 1)]
    [InlineData("14", nameof(OtlpFault.UnbalancedGroup), 0)]
    [InlineData("131C", nameof(OtlpFault.UnbalancedGroup), 1)]
    [InlineData("1308", nameof(OtlpFault.Truncated), 2)]
    [InlineData("0A0612040A02FF00", nameof(OtlpFault.BadTag), 6)]
    [InlineData("0A0512030D0000", nameof(OtlpFault.Truncated), 4)]
    [InlineData("0A0C0A0A0A080A016B1203187F00", nameof(OtlpFault.BadTag), 13)]
    [InlineData("0A150A130A110A016B120C18FFFFFFFFFFFFFFFFFFFF01", nameof(OtlpFault.BadVarint), 12)]
    [InlineData("0A110A0F0A0D0A016B12082100000000000000", nameof(OtlpFault.Truncated), 11)]
    public void Fault_InABody_IsNamedWithItsOffset(string body, string fault, int offset)
    {
        var validation = OtlpValidator.Validate(OtlpSignal.Traces, Convert.FromHexString(body), OtlpLimits.Untrusted);

        Assert.Equal((fault, offset), (validation.Fault.ToString(), validation.Offset));
        Assert.Contains(offset.ToString(), validation.Describe(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(100, true)]
    [InlineData(101, false)]
    public void Groups_NestedToTheLimit_AreAccepted(int depth, bool isAccepted)
    {
        byte[] body = [.. Enumerable.Repeat((byte)0x1B, depth), .. Enumerable.Repeat((byte)0x1C, depth)];

        var validation = OtlpValidator.Validate(OtlpSignal.Logs, body, OtlpLimits.Untrusted);

        Assert.Equal(isAccepted, validation.IsValid);
        Assert.Equal(isAccepted ? OtlpFault.None : OtlpFault.TooDeep, validation.Fault);
    }

    [Fact]
    public void InvalidUtf8_IsCountedOrRefusedAsTheLimitsSay()
    {
        // ResourceSpans with schema_url "\xFF".
        byte[] body = [0x0A, 0x03, 0x1A, 0x01, 0xFF];

        var lenient = OtlpValidator.Validate(OtlpSignal.Traces, body, OtlpLimits.Untrusted);
        var strict = OtlpValidator.Validate(OtlpSignal.Traces, body, OtlpLimits.Untrusted with { RejectsInvalidUtf8 = true });

        Assert.True(lenient.IsValid);
        Assert.Equal(1, lenient.InvalidUtf8Count);
        Assert.Equal((OtlpFault.InvalidUtf8, 4), (strict.Fault, strict.Offset));
    }

    [Theory]
    [InlineData("", true)]
    [InlineData("0A00", true)]
    [InlineData("0A060A0012001A00", true)]
    [InlineData("0A0412001200", true)]
    [InlineData("0A0412000A00", false)]
    [InlineData("0A040A000A00", false)]
    [InlineData("0A041A001200", false)]
    [InlineData("0A022200", false)]
    [InlineData("0A020800", false)]
    [InlineData("1200", false)]
    [InlineData("0A06120412000A00", false)]
    public void Shape_OfTheEnvelopes_DecidesWhetherABodyIsCanonical(string body, bool isCanonical)
    {
        var validation = OtlpValidator.Validate(OtlpSignal.Logs, Convert.FromHexString(body), OtlpLimits.Untrusted);

        Assert.True(validation.IsValid);
        Assert.Equal(isCanonical, validation.IsCanonical);
    }

    [Theory]
    [InlineData(OtlpSignal.Traces)]
    [InlineData(OtlpSignal.Metrics)]
    [InlineData(OtlpSignal.Logs)]
    public void StandardLoad_IsCanonicalUnderBothPresetsAndAllocatesNothing(OtlpSignal signal)
    {
        var body = new StandardLoad().Encode(signal);
        var trusting = OtlpValidator.Validate(signal, body, OtlpLimits.InProcess);

        var before = GC.GetAllocatedBytesForCurrentThread();
        var validation = OtlpValidator.Validate(signal, body, OtlpLimits.Untrusted);
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        Assert.True(validation.IsValid && validation.IsCanonical && trusting.IsCanonical);
        Assert.Equal(StandardLoad.ItemsPerRequest, validation.ItemCount);
        Assert.Equal(StandardLoad.ItemsPerRequest, trusting.ItemCount);
        Assert.Equal(0, allocated);
    }

    [Fact]
    public void Items_OverTheLimit_AreCounted()
    {
        var body = new StandardLoad().Encode(OtlpSignal.Traces);

        Assert.Equal(0, OtlpValidator.Validate(OtlpSignal.Traces, body, OtlpLimits.Untrusted with { MaxItemBytes = 4_000 }).OversizedItemCount);
        Assert.Equal(100, OtlpValidator.Validate(OtlpSignal.Traces, body, OtlpLimits.Untrusted with { MaxItemBytes = 100 }).OversizedItemCount);
    }

    [Fact]
    public void Points_OfReplacedMetricData_AreNotCounted()
    {
        // ResourceMetrics > ScopeMetrics > Metric with a gauge of two points, a sum of one, another sum of one.
        byte[] metric = [0x2A, 0x04, 0x0A, 0x00, 0x0A, 0x00, 0x3A, 0x02, 0x0A, 0x00, 0x3A, 0x02, 0x0A, 0x00];
        byte[] body = [0x0A, 0x12, 0x12, 0x10, 0x12, 0x0E, .. metric];

        var validation = OtlpValidator.Validate(OtlpSignal.Metrics, body, OtlpLimits.Untrusted);

        Assert.Equal(2, validation.ItemCount);
        Assert.False(validation.IsCanonical);
        Assert.Equal(2, OtlpItems.Count(OtlpItems.Parse(OtlpSignal.Metrics, body)));
    }
}
