using Rotel.Exporters.ClickHouse.Server;
using Rotel.Otlp;
using Rotel.Pipelines;

namespace Rotel.Exporters.ClickHouse.Schema;

/// <summary>
/// The tables of one exporter as the server has them: each described once, before the first insert into it, and again when an insert was
/// refused in a way that says it has changed. Where that is wanted, what is missing is created. Nothing here keeps an exporter from
/// starting:
/// while the server is away, batches wait. Thread-safe; one caller at a time asks the server.
/// </summary>
internal sealed class TableCatalog : IDisposable
{
    /// <summary>What to do about wrong credentials.</summary>
    public const string CredentialsHint = "check 'user' and 'password' of the exporter, and from where that user may connect";

    /// <summary>How often a creation is tried while the table itself is there and only what belongs to it is not.</summary>
    private const int MaxCreations = 5;

    private readonly ClickHouseClient _client;
    private readonly ClickHouseSchema _schema;
    private readonly bool _creates;
    private readonly string _command;
    private readonly ExporterContext _context;
    private readonly SemaphoreSlim _gate = new(1, 1);
    private readonly TableDescription?[] _found = new TableDescription?[(int)ClickHouseTable.MetricsSummary + 1];

    /// <summary>For each signal, how often the creation of its tables was begun since it last came to its end. Under the gate.</summary>
    private readonly int[] _unfinished = new int[OtlpSignals.Count];
    private string _lastFailure = "";
    private bool _saidDenied;

    /// <param name="client">The server; the owner of this disposes it.</param>
    /// <param name="options">Valid options.</param>
    /// <param name="context">What the exporter works with.</param>
    /// <param name="createsWhatIsMissing">False where nothing is to be changed, whatever the options say.</param>
    public TableCatalog(
        ClickHouseClient client, ClickHouseExporterOptions options, ExporterContext context, bool createsWhatIsMissing = true)
    {
        _client = client;
        _schema = ClickHouseSchema.Of(options);
        _creates = options.CreateSchema && createsWhatIsMissing;
        _command = DdlCommandLine.Of(options);
        _context = context;
    }

    /// <summary>A table, as it was found last or is found now.</summary>
    public async ValueTask<TableLookup> FindAsync(ClickHouseTable table, CancellationToken cancellationToken)
    {
        if (Volatile.Read(ref _found[(int)table]) is { } known)
            return new(known, null);

        await _gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (_found[(int)table] is { } found)
                return new(found, null);

            var lookup = await LookUpAsync(table, cancellationToken).ConfigureAwait(false);
            Volatile.Write(ref _found[(int)table], lookup.Description);
            return lookup;
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>Has the table looked at again before the next insert, unless that has happened meanwhile.</summary>
    public void Forget(TableDescription description) =>
        Interlocked.CompareExchange(ref _found[(int)description.Table], null, description);

    /// <summary>What to do about a table that is missing, or not as it should be.</summary>
    public string Remedy(ClickHouseTable table) =>
        $"`{_command} {DdlCommandLine.Flag(TableNames.SignalOf(table))}` creates what is missing, and so does create_schema=true";

    /// <summary>What shows the columns that a table should have.</summary>
    public string Reference(ClickHouseTable table) =>
        $"`{_command.Replace(" create", " print", StringComparison.Ordinal)} {DdlCommandLine.Flag(TableNames.SignalOf(table))}` shows the "
        + "table that is expected; add what is missing with ALTER TABLE";

    public void Dispose() => _gate.Dispose();

    private async ValueTask<TableLookup> LookUpAsync(ClickHouseTable table, CancellationToken cancellationToken)
    {
        var (lookup, isMissing) = await DescribeAsync(table, cancellationToken).ConfigureAwait(false);
        var signal = TableNames.SignalOf(table);

        // A creation that broke off leaves the table without its view, which nothing would ask for any more.
        var isUnfinished = lookup.Description is not null && _unfinished[(int)signal] > 0;
        if (!_creates || (!isMissing && !isUnfinished))
            return lookup;
        if (isUnfinished && _unfinished[(int)signal] >= MaxCreations)
        {
            _unfinished[(int)signal] = 0;
            var command = $"{_command} {DdlCommandLine.Flag(signal)}";
            _context.Logger.SchemaUnfinished(_context.Name, signal.Name(), _schema.Database, command, _lastFailure);
            return lookup;
        }

        _unfinished[(int)signal]++;
        _lastFailure = "no answer in time";
        if (await CreateAsync(signal, cancellationToken).ConfigureAwait(false) is { } failure)
        {
            _lastFailure = failure.Message;
            return new(null, $"what is missing on the server could not be created: {failure.Message}", failure.RetryAfter);
        }

        _unfinished[(int)signal] = 0;
        if (isMissing)
            (lookup, _) = await DescribeAsync(table, cancellationToken).ConfigureAwait(false);
        return lookup;
    }

    private async ValueTask<(TableLookup Lookup, bool IsMissing)> DescribeAsync(ClickHouseTable table, CancellationToken cancellationToken)
    {
        var last = default(ServerAnswer);
        var names = _schema.Names.Candidates(table);
        foreach (var name in names)
        {
            last = await _client.ExecuteAsync(
                "wait_end_of_query=1", $"DESCRIBE TABLE {Sql.Quote(_schema.Database, name)} FORMAT JSONEachRow", cancellationToken)
                .ConfigureAwait(false);
            if (last.IsSuccess)
            {
                var description = TableDescription.Read(table, name, last.Text);
                var stranger = $"{last.Host} answers with something that is not a table's description; is it ClickHouse's HTTP interface?";
                return (new(description, description is null ? stranger : null), false);
            }

            if (ServerErrors.Of(last) != ServerVerdict.NoTable)
                break;
        }

        switch (ServerErrors.Of(last))
        {
            case ServerVerdict.NoTable:
                var problem = $"the table {_schema.Database}.{names[0]} does not exist on {last.Host}: {Remedy(table)}";
                return (new(null, problem, last.RetryAfter) { IsMissing = true }, true);
            case ServerVerdict.AccessDenied:
                if (!_saidDenied)
                    _context.Logger.DescriptionDenied(_context.Name, $"{_schema.Database}.{names[0]}", last.Message);
                _saidDenied = true;
                return (new(TableDescription.Unknown(table, names[0]), null), false);
            case ServerVerdict.Credentials:
                return (new(null, $"{last.Message} ({CredentialsHint})", last.RetryAfter), false);
            default:
                return (new(null, last.Message, last.RetryAfter), false);
        }
    }

    private async ValueTask<ServerAnswer?> CreateAsync(OtlpSignal signal, CancellationToken cancellationToken)
    {
        var failure = await SchemaCreation.RunAsync(_client, _schema, _schema.Statements(signal), cancellationToken).ConfigureAwait(false);
        if (failure is not null)
            return failure.Value.Answer;
        _context.Logger.SchemaCreated(_context.Name, signal.Name(), _schema.Database);
        return null;
    }
}
