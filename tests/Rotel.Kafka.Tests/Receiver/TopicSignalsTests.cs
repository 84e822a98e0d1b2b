using Rotel.Otlp;

namespace Rotel.Kafka.Receiver;

public class TopicSignalsTests
{
    [Fact]
    public void Find_NamesAndPatterns_ExactNameFirstThenInOrder()
    {
        var options = new KafkaReceiverOptions { Traces = true, Metrics = true, Logs = true };
        options.TracesTopics.Add("^team-.*");
        options.LogsTopics.Add("^team-.*-logs$");
        options.LogsTopics.Add("team-a");
        var topics = new TopicSignals(options);

        Assert.Equal(["otlp_traces", "^team-.*", "otlp_metrics", "otlp_logs", "^team-.*-logs$", "team-a"], topics.Subscription);
        Assert.Equal(OtlpSignal.Logs, topics.Find("team-a"));
        Assert.Equal(OtlpSignal.Traces, topics.Find("team-b-logs"));
        Assert.Equal(OtlpSignal.Metrics, topics.Find("otlp_metrics"));
        Assert.Null(topics.Find("other"));
    }

    [Fact]
    public void Find_SignalIsOff_ItsTopicsAreNobodys()
    {
        var topics = new TopicSignals(new KafkaReceiverOptions { Logs = true });

        Assert.Equal(["otlp_logs"], topics.Subscription);
        Assert.Null(topics.Find("otlp_traces"));
    }
}
