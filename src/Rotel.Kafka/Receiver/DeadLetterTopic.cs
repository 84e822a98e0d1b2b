using System.Globalization;
using System.Text;
using Confluent.Kafka;
using Microsoft.Extensions.Logging;
using Rotel.Diagnostics;
using Rotel.Kafka.Connection;
using Rotel.Memory;
using Rotel.Pipelines;
using Rotel.Threading;

namespace Rotel.Kafka.Receiver;

/// <summary>
/// Sends records that cannot be read where somebody may look at them: as they were, with headers that say where they come from. Their
/// completion is told what became of it, so that a record the topic did not take is read, and sent, again. The producer is made with the
/// first of them. For one thread; results come on the producer's own.
/// </summary>
internal sealed class DeadLetterTopic : IDisposable
{
    /// <summary>How long one is tried before it counts as not taken.</summary>
    public static readonly TimeSpan MessageTimeout = TimeSpan.FromSeconds(30);

    private readonly string _topic;
    private readonly KafkaProperties _properties;
    private readonly KafkaClientLog _clientLog;
    private readonly Func<CancellationToken, Task<KafkaOAuthToken>>? _tokens;
    private readonly ByteBudget _budget;
    private readonly ILogger _logger;
    private readonly OncePerInterval _notTaken;
    private IProducer<byte[]?, byte[]?>? _producer;
    private KafkaTokenRefresh? _refresh;

    public DeadLetterTopic(string topic, KafkaReceiverOptions options, ByteBudget budget, ILogger logger, TimeProvider time)
    {
        _topic = topic;
        _properties = ReceiverProperties.DeadLetters(options);
        _clientLog = new KafkaClientLog("The producer of dead letters", _properties, logger, time);
        _tokens = options.Security.OAuthBearerToken;
        _budget = budget;
        _logger = logger;
        _notTaken = new OncePerInterval(time);
    }

    /// <summary>What keeps it from working; null when nothing does.</summary>
    public string? Problem => _clientLog.Problem;

    /// <summary>Sends one, and goes on; the completion is told how it ended.</summary>
    public void Send(ConsumeResult<byte[]?, ReceivedValue> record, byte[]? value, RefusalReason reason, DeliveryCompletion completion)
    {
        var headers = new Headers();
        foreach (var header in record.Message.Headers ?? [])
            headers.Add(header.Key, header.GetValueBytes());
        Add(headers, "rotel.topic", record.Topic);
        Add(headers, "rotel.partition", record.Partition.Value.ToString(CultureInfo.InvariantCulture));
        Add(headers, "rotel.offset", record.Offset.Value.ToString(CultureInfo.InvariantCulture));
        Add(headers, "rotel.reason", reason.Name());
        var message = new Message<byte[]?, byte[]?> { Key = record.Message.Key, Value = value, Headers = headers };

        // The client library copies it and keeps the copy until its report.
        var charge = value?.Length ?? 0;
        _budget.ReserveOverdraft(charge);
        try
        {
            (_producer ??= CreateProducer()).Produce(_topic, message, report => Report(report.Error, charge, completion));
        }
        catch (KafkaException exception)
        {
            Report(exception.Error, charge, completion);
        }
    }

    /// <summary>Waits for what is under way, as long as the deadline allows.</summary>
    public void Flush(Deadline deadline) => _producer?.Flush(deadline.Remaining);

    public void Dispose()
    {
        _refresh?.Dispose();
        _producer?.Dispose();
    }

    private static void Add(Headers headers, string name, string value) => headers.Add(name, Encoding.UTF8.GetBytes(value));

    private IProducer<byte[]?, byte[]?> CreateProducer()
    {
        var builder = new ProducerBuilder<byte[]?, byte[]?>(_properties.All)
            .SetLogHandler((_, line) => _clientLog.OnLog(line))
            .SetErrorHandler((_, error) => _clientLog.OnError(error));
        if (_tokens is not null)
        {
            _refresh = new KafkaTokenRefresh(_tokens, _clientLog);
            builder.SetOAuthBearerTokenRefreshHandler((client, _) => _refresh.OnRefresh(client));
        }

        return builder.Build();
    }

    private void Report(Error error, int charge, DeliveryCompletion completion)
    {
        _budget.Release(charge);
        completion.Complete(error.IsError ? DeliveryStatus.Abandoned : DeliveryStatus.Rejected);
        if (!error.IsError)
            _clientLog.Works();
        else if (_notTaken.TryTake(out var records))
            _logger.DeadLettersNotTaken(_topic, records, _clientLog.Clean(error.Reason));
    }
}
