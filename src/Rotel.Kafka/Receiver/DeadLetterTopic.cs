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
    private readonly OncePerInterval _tooLarge;
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
        _tooLarge = new OncePerInterval(time);
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
        catch
        {
            _budget.Release(charge);
            throw;
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

    /// <summary>
    /// Never throws: it runs on a thread of the client library's. A record that the topic will never take, such as one that was compressed
    /// where it came from, must not hold up its partition for ever.
    /// </summary>
    private void Report(Error error, int charge, DeliveryCompletion completion)
    {
        _budget.Release(charge);
        var isForGood = error.Code is ErrorCode.MsgSizeTooLarge or ErrorCode.RecordListTooLarge;
        completion.Complete(error.IsError && !isForGood ? DeliveryStatus.Abandoned : DeliveryStatus.Rejected);
        try
        {
            if (!error.IsError)
                _clientLog.Works();
            else if (isForGood && _tooLarge.TryTake(out var large))
                _logger.DeadLettersTooLarge(_topic, large);
            else if (!isForGood && _notTaken.TryTake(out var records))
                _logger.DeadLettersNotTaken(_topic, records, _clientLog.Clean(error.Reason));
        }
        catch (Exception)
        {
            // A logger of the host's threw.
        }
    }
}
