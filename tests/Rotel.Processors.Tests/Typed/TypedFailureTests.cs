using Google.Protobuf;
using OpenTelemetry.Proto.Collector.Trace.V1;
using OpenTelemetry.Proto.Common.V1;
using OpenTelemetry.Proto.Trace.V1;
using Rotel.Otlp;
using Rotel.Pipelines;

namespace Rotel.Processors.Typed;

/// <summary>A step that fails undoes nothing of the others, and loses nothing that the options do not say.</summary>
public sealed class TypedFailureTests
{
    [Fact]
    public async Task Step_ThatThrows_IsLeftOutWhereItDid()
    {
        await using var bench = new TypedBench()
            .Add((resource, _) => resource.Resource.Attributes.Add(TypedBench.Text("masked", "yes")))
            .Add((resource, _) =>
            {
                resource.SchemaUrl = "half done";
                if (Number(resource) == "1")
                    throw new FormatException("the step's own words");
            })
            .Add((resource, _) => resource.Resource.Attributes.Add(TypedBench.Text("last", "yes")));

        var result = await bench.ProcessAsync(TypedBench.Traces(resources: 3));

        Assert.Equal(["yes", "yes", "yes"], TypedBench.Values(result, "masked"));
        Assert.Equal(["yes", "yes", "yes"], TypedBench.Values(result, "last"));
        Assert.Equal(["half done", "", "half done"], result!.ResourceSpans.Select(resource => resource.SchemaUrl));
        Assert.Equal([0, 1, 0], [.. Enumerable.Range(0, 3).Select(step => bench.Ledger(step).Failures)]);
        var line = Assert.Single(bench.Log.Lines);
        Assert.Contains("step1 failed on traces", line.Message, StringComparison.Ordinal);
        Assert.Contains("the step's own words", line.Exception, StringComparison.Ordinal);
        Assert.Equal(0, bench.Budget.Reserved);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Step_ThatThrowsLater_IsLeftOutToo(bool isCancellation)
    {
        await using var bench = new TypedBench().AddAsync(async (resource, _) =>
        {
            resource.SchemaUrl = "half done";
            await Task.Yield();
            throw isCancellation ? new OperationCanceledException() : new FormatException();
        });
        using var payload = bench.Payload(TypedBench.Traces().ToByteArray());

        Assert.Same(payload, await bench.FinishAsync(payload));

        Assert.Equal(1, bench.Ledger(0).Failures);
    }

    [Fact]
    public async Task Step_ThatMustNotBeLeftOut_TakesItsDataAlong()
    {
        await using var bench = new TypedBench()
            .Add((resource, _) => resource.ScopeSpans[0].Spans.RemoveAt(0))
            .Add(
                (resource, _) =>
                {
                    if (Number(resource) != "1")
                        throw new FormatException();
                },
                options => options.OnFailure = ProcessorFailureMode.Drop);

        using var result = await TypedBench.FinishAsync(bench.StartAsync(TypedBench.Traces(resources: 3, spans: 4)));

        Assert.Equal(["1"], TypedBench.Values(Parsed(result!), "number"));
        Assert.Equal((3, 12), (result!.ItemCount, result.ReceivedItems));
        result.Losses!.Count();
        Assert.Equal(8, bench.Ledger(1).Dropped(ProcessorLossReason.ProcessorFault));
        Assert.Equal(1, bench.Ledger(0).Dropped(ProcessorLossReason.Removed));
        Assert.Equal(1, bench.Ledger(1).Failures);
    }

    [Fact]
    public async Task Steps_ThatAllFail_LeaveWhatCame()
    {
        await using var bench = new TypedBench();
        for (var i = 0; i < 3; i++)
        {
            bench.Add((resource, _) =>
            {
                resource.SchemaUrl = "half done";
                throw new FormatException();
            });
        }

        using var payload = bench.Payload(TypedBench.Traces(resources: 2).ToByteArray());

        Assert.Same(payload, await bench.FinishAsync(payload));

        Assert.Equal([1, 1, 1], [.. Enumerable.Range(0, 3).Select(step => bench.Ledger(step).Failures)]);
    }

    [Fact]
    public async Task Object_ThatCannotBeMade_IsAFailure()
    {
        await using var bench = new TypedBench()
            .Add(TypedSource.From(_ => throw new InvalidOperationException("no such service")))
            .Add(TypedSource.From(_ => "no processor"));

        Assert.NotNull(await bench.ProcessAsync(TypedBench.Traces()));

        Assert.Equal((1, 1), (bench.Ledger(0).Failures, bench.Ledger(1).Failures));
    }

    [Fact]
    public async Task Value_ThatHoldsItself_IsTheStepsFailure()
    {
        await using var bench = new TypedBench()
            .Add((resource, _) =>
            {
                var list = new ArrayValue();
                list.Values.Add(new AnyValue { ArrayValue = list });
                list.Values.Add(new AnyValue { KvlistValue = new() { Values = { new KeyValue { Value = list.Values[0] } } } });
                resource.ScopeSpans[0].Spans[0].Attributes.Add(new KeyValue { Key = "circle", Value = list.Values[0] });
            })
            .Add((resource, _) => resource.SchemaUrl = "done");

        var result = await bench.ProcessAsync(TypedBench.Traces());

        Assert.Equal("done", result!.ResourceSpans[0].SchemaUrl);
        Assert.Empty(result.ResourceSpans[0].ScopeSpans[0].Spans[0].Attributes);
        AssertUnusable(bench, 0, "nested too deep or in a circle");
    }

    [Theory]
    [InlineData(40, true)]
    [InlineData(49, false)]
    [InlineData(100_000, false)]
    public async Task Value_NestedDeep_PassesWhereTheDoorWouldLetItIn(int depth, bool passes)
    {
        await using var bench = new TypedBench().Add((resource, _) =>
        {
            var value = new AnyValue { IntValue = 1 };
            for (var i = 0; i < depth; i++)
                value = new AnyValue { ArrayValue = new() { Values = { value } } };
            resource.Resource.Attributes.Add(new KeyValue { Key = "deep", Value = value });
        });

        var result = await bench.ProcessAsync(TypedBench.Traces());

        Assert.Equal(passes ? 2 : 1, result!.ResourceSpans[0].Resource.Attributes.Count);
        Assert.Equal(passes ? 0 : 1, bench.Ledger(0).Failures);
    }

    [Fact]
    public async Task Object_InManyPlaces_IsTooLargeBeforeItIsCounted()
    {
        await using var bench = new TypedBench().Add((resource, _) =>
        {
            // 10^40 values, made of 41.
            var value = new AnyValue { IntValue = 1 };
            for (var i = 0; i < 40; i++)
            {
                var list = new ArrayValue();
                for (var k = 0; k < 10; k++)
                    list.Values.Add(value);
                value = new AnyValue { ArrayValue = list };
            }

            resource.Resource.Attributes.Add(new KeyValue { Key = "tree", Value = value });
        });

        Assert.Empty(TypedBench.Values(await bench.ProcessAsync(TypedBench.Traces()), "tree"));

        AssertUnusable(bench, 0, "larger than");
    }

    [Fact]
    public async Task Span_InMorePlacesThanFit_IsTooLarge()
    {
        await using var bench = new TypedBench().Add((resource, _) =>
        {
            var span = new Span { Events = { new Span.Types.Event { Name = new string('x', 1_000_000) } } };
            for (var i = 0; i < 100_000; i++)
                resource.ScopeSpans[0].Spans.Add(span);
        });

        Assert.Equal(3, (await bench.ProcessAsync(TypedBench.Traces()))!.ResourceSpans[0].ScopeSpans[0].Spans.Count);

        AssertUnusable(bench, 0, "larger than");
    }

    [Fact]
    public async Task Result_TooLarge_IsTheFailureOfTheStepThatMadeItSo()
    {
        await using var bench = new TypedBench()
            .Add((resource, _) => resource.Resource.Attributes.Add(TypedBench.Text("first", "yes")), Small)
            .Add(
                (resource, _) =>
                {
                    // Encoded it takes three times what its characters say at least.
                    resource.Resource.Attributes.Add(TypedBench.Text("large", new string('\u20AC', 30_000)));
                },
                Small)
            .Add((resource, _) => resource.Resource.Attributes.Add(TypedBench.Text("last", "yes")), Small);

        var result = await bench.ProcessAsync(TypedBench.Traces());

        Assert.Equal(["number", "first", "last"], result!.ResourceSpans[0].Resource.Attributes.Select(attribute => attribute.Key));
        AssertUnusable(bench, 1, "larger than 65536 bytes");

        static void Small(TypedProcessorOptions options) => options.MaxResultBytes = 64 * 1024;
    }

    [Fact]
    public async Task Result_OfALargeRequest_MayBeTwiceAsLarge()
    {
        await using var bench = new TypedBench().Add(
            (resource, _) => resource.SchemaUrl = new string('x', 60_000), options => options.MaxResultBytes = 64 * 1024);
        var request = TypedBench.Traces();
        request.ResourceSpans[0].ScopeSpans[0].SchemaUrl = new string('y', 70_000);

        Assert.Equal(60_000, (await bench.ProcessAsync(request))!.ResourceSpans[0].SchemaUrl.Length);

        Assert.Equal(0, bench.Ledger(0).Failures);
    }

    [Fact]
    public async Task Text_ThatIsNoUnicode_IsRepaired()
    {
        await using var bench = new TypedBench().Add((resource, _) => resource.SchemaUrl = "a\uD800b");

        Assert.Equal("a\uFFFDb", (await bench.ProcessAsync(TypedBench.Traces()))!.ResourceSpans[0].SchemaUrl);
    }

    [Fact]
    public async Task Message_ChangedAfterTheStepReturned_DoesNotStopThePipeline()
    {
        using var stopping = new CancellationTokenSource();
        ResourceSpans? kept = null;
        await using var bench = new TypedBench().Add((resource, _) => kept = resource);
        var changing = Task.Factory.StartNew(
            () =>
            {
                var text = "";
                while (!stopping.IsCancellationRequested)
                {
                    text = text.Length > 500 ? "" : text + "x";
                    if (Volatile.Read(ref kept) is { } resource)
                        (resource.SchemaUrl, resource.Resource.Attributes[0].Key) = (text, text);
                }
            },
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default);

        for (var i = 0; i < 300; i++)
        {
            using var result = await TypedBench.FinishAsync(bench.StartAsync(TypedBench.Traces()));
            Assert.True(OtlpValidator.Validate(OtlpSignal.Traces, result!.Body.Span, OtlpLimits.Untrusted).IsValid);
            Assert.Equal(3, result.ItemCount);
        }

        await stopping.CancelAsync();
        await changing;
        Assert.Equal(0, bench.Budget.Reserved);
    }

    [Theory]
    [InlineData(ProcessorFailureMode.Pass)]
    [InlineData(ProcessorFailureMode.Drop)]
    public async Task Body_OfOurProcessThatCannotBeRead_FollowsTheOption(ProcessorFailureMode mode)
    {
        await using var bench = new TypedBench().Add((resource, _) => resource.SchemaUrl = "u", options => options.OnFailure = mode);
        var buffer = bench.Pool.RentOverdraft(10);
        byte[] broken = [0x0A, 0x04, 0x0A, 0x02, 0x0A, 0x7F];
        broken.CopyTo(buffer.Span);
        var payload = new OtlpPayload(OtlpSignal.Traces, buffer, broken.Length, itemCount: 7);

        using var result = await bench.FinishAsync(payload);

        Assert.Same(mode == ProcessorFailureMode.Pass ? payload : null, result);
        Assert.Equal(1, bench.Ledger(0).Failures);
        Assert.Equal(mode == ProcessorFailureMode.Pass ? 0 : 7, bench.Ledger(0).Dropped(ProcessorLossReason.ProcessorFault));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Body_OfOurProcess_IsCheckedOnceItIsWrittenAnew(bool isValidated)
    {
        await using var bench = new TypedBench().Add((resource, _) => resource.SchemaUrl = "u");
        var payload = bench.Payload(TypedBench.Traces().ToByteArray(), isValidated: isValidated);

        using var result = await bench.FinishAsync(payload);

        Assert.True(result!.IsValidated);
    }

    [Fact]
    public async Task Text_OfOurProcessThatIsNoUtf8_IsRepairedForTheSteps()
    {
        var name = "";
        await using var bench = new TypedBench().Add((resource, _) =>
        {
            name = resource.ScopeSpans[0].Spans[0].Name;
            resource.SchemaUrl = "u";
        });
        byte[] body = [0x0A, 0x0B, 0x12, 0x09, 0x12, 0x03, 0x2A, 0x01, 0xFF, 0x1A, 0x02, 0xC3, 0x28];
        var payload = bench.Payload(body, isValidated: false);

        using var result = await bench.FinishAsync(payload);

        Assert.Equal("\uFFFD", name);
        Assert.True(result!.IsValidated);
        Assert.Equal(1, result.ItemCount);
        Assert.Equal(result.Charge, bench.Budget.Reserved);
        Assert.Equal(0, bench.Ledger(0).Failures);
        Assert.Equal("u", Parsed(result).ResourceSpans[0].SchemaUrl);
    }

    [Fact]
    public async Task Failures_InARow_AreOneLineUntilTheIntervalEnds()
    {
        await using (var bench = new TypedBench().Add((_, _) => throw new FormatException()))
        {
            for (var i = 0; i < 5; i++)
                await bench.ProcessAsync(TypedBench.Traces());
            Assert.Single(bench.Log.Lines);

            bench.Time.Advance(TimeSpan.FromSeconds(10));
            await bench.ProcessAsync(TypedBench.Traces());
            Assert.Contains("5 times", bench.Log.Lines[1].Message, StringComparison.Ordinal);

            await bench.ProcessAsync(TypedBench.Traces());
            await bench.Processor.DisposeAsync();
            Assert.Contains("1 more times", bench.Log.Lines[2].Message, StringComparison.Ordinal);
        }
    }

    private static string Number(ResourceSpans resource) => resource.Resource.Attributes.First(a => a.Key == "number").Value.StringValue;

    private static ExportTraceServiceRequest Parsed(OtlpPayload payload) => ExportTraceServiceRequest.Parser.ParseFrom(payload.Body.Span);

    private static void AssertUnusable(TypedBench bench, int step, string problem)
    {
        Assert.Equal(1, bench.Ledger(step).Failures);
        var line = Assert.Single(bench.Log.Lines);
        Assert.Contains($"step{step} left traces that ", line.Message, StringComparison.Ordinal);
        Assert.Contains(problem, line.Message, StringComparison.Ordinal);
        Assert.Equal(0, bench.Budget.Reserved);
    }
}
