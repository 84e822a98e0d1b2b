using Rotel.Exporters.ClickHouse.Schema;
using Rotel.Exporters.ClickHouse.Server;

namespace Rotel.Exporters.ClickHouse;

/// <summary>
/// Makes one attempt to insert what is pending of one table's rows, piece after piece. What is delivered is not sent again; a piece whose
/// outcome is unknown is sent as it was, with the same token and to the same host, so that the server can tell that it has it.
/// </summary>
/// <param name="client">The server.</param>
/// <param name="catalog">Its tables.</param>
/// <param name="settings">The parameters of inserts.</param>
/// <param name="options">Of the exporter.</param>
internal sealed class TableWriter(
    ClickHouseClient client, TableCatalog catalog, InsertSettings settings, ClickHouseExporterOptions options)
{
    /// <summary>
    /// How often in a row a host may refuse connections before a piece that it may have moves on. Other hosts know the token only where the
    /// table is replicated; on one that is not, the rows may then be there twice.
    /// </summary>
    public const int RefusalsBeforeLeaving = 5;

    /// <summary>Merges take their time; sooner tries only add to what the server has to do.</summary>
    private static readonly TimeSpan MergesWait = TimeSpan.FromSeconds(15);

    private const string Stranger = "an insert is answered with something that ClickHouse does not say; is it ClickHouse's HTTP interface?";

    private readonly string _database = Uri.EscapeDataString(options.Database);

    /// <summary>Throws <see cref="OperationCanceledException"/> when the attempt is cut off.</summary>
    public async Task<TableResult> WriteAsync(TableInsert insert, CancellationToken cancellationToken)
    {
        var lookup = await catalog.FindAsync(insert.Table, cancellationToken).ConfigureAwait(false);
        if (lookup.Description is not { } table)
            return new(lookup.Problem, lookup.RetryAfter);

        var pending = default(TableResult);

        // The list grows where a piece is cut.
        for (var i = 0; i < insert.Pieces.Count; i++)
        {
            while (insert.Pieces[i] is { State: InsertState.Pending } piece)
            {
                if (table.Problem(piece.Blocks[0].Columns, options.EnableJson) is { } problem)
                {
                    catalog.Forget(table);
                    var reference = catalog.Reference(table.Table);
                    return new($"nothing can be inserted into the table {NameOf(table)}: {problem}. {reference}", null);
                }

                if (await SendAsync(insert, piece, table, cancellationToken).ConfigureAwait(false) is not { } result)
                    continue;
                if (!result.IsOfOnePiece)
                    return result;
                pending = result;
                break;
            }
        }

        return pending;
    }

    /// <summary>Sends a piece once. Null to go on: it is settled, cut, or worth another request at once.</summary>
    private async ValueTask<TableResult?> SendAsync(
        TableInsert insert, InsertPiece piece, TableDescription table, CancellationToken cancellationToken)
    {
        var parameters = settings.Query(piece.Token(NameOf(table)));
        var query = $"database={_database}&query={Uri.EscapeDataString(StatementOf(piece, table))}{Decompress}{parameters}";
        var answer = await client.SendAsync(query, piece.Segments(table.Has), piece.Host, piece.MayBeAt, cancellationToken)
            .ConfigureAwait(false);
        if (answer.IsSuccess && string.IsNullOrWhiteSpace(answer.Text))
        {
            piece.Deliver();
            return null;
        }

        // ClickHouse has nothing to say to an insert that is done: this is the page of somebody in its place.
        if (answer.IsSuccess)
            answer = answer with { Kind = ServerAnswerKind.Failure, Text = Stranger, MayHaveArrived = true };

        CountRefusals(piece, answer);
        if (ServerErrors.LeavesUnknown(answer))
            piece.MayBeAt(answer.Host);
        return Judge(insert, piece, table, answer, parameters);
    }

    private TableResult? Judge(TableInsert insert, InsertPiece piece, TableDescription table, in ServerAnswer answer, string parameters)
    {
        var message = $"insert into {NameOf(table)}: {answer.Message}";
        switch (ServerErrors.Of(answer))
        {
            case ServerVerdict.Setting when settings.LeaveOut(answer, parameters):
            case ServerVerdict.TooManyPartitions when insert.CutByDays(piece) || insert.CutByBlocks(piece):
            case ServerVerdict.MemoryLimit or ServerVerdict.TooLarge when insert.CutByBlocks(piece):
                return null;
            case ServerVerdict.TooManyParts:
                return new(message, answer.RetryAfter ?? MergesWait);
            case ServerVerdict.TooManyPartitions:
                return new(
                    $"{message} (the table has more partitions per day than one insert may touch; raise max_partitions_per_insert_block)",
                    answer.RetryAfter,
                    IsOfOnePiece: true);
            case ServerVerdict.MemoryLimit:
                return new(message, answer.RetryAfter, IsOfOnePiece: true);
            case ServerVerdict.NoTable:
                catalog.Forget(table);
                return new($"{message} ({catalog.Remedy(table.Table)})", answer.RetryAfter);
            case ServerVerdict.OtherColumns:
                catalog.Forget(table);
                return new(
                    $"{message} (the table's columns are looked at again before the next try; {catalog.Reference(table.Table)})",
                    answer.RetryAfter);
            case ServerVerdict.Credentials:
                return new($"{message} ({TableCatalog.CredentialsHint})", answer.RetryAfter);
            case ServerVerdict.AccessDenied:
                return new($"{message} (GRANT INSERT on the table to the exporter's user)", answer.RetryAfter);
            case ServerVerdict.TooLarge when !piece.OutcomeIsUnknown:
                piece.Reject(
                    $"{message} (even {piece.RowCount} rows are too long for it: raise its limit, or set a smaller batch_max_size)");
                return null;
            case ServerVerdict.Rejected:
                piece.Reject(message);
                return null;
            default:
                return new(message, answer.RetryAfter);
        }
    }

    private static void CountRefusals(InsertPiece piece, in ServerAnswer answer)
    {
        piece.Refusals = answer.Kind == ServerAnswerKind.Unreachable ? piece.Refusals + 1 : 0;
        if (piece.Refusals >= RefusalsBeforeLeaving)
            piece.LeaveHost();
    }

    private string Decompress => options.Compression == ClickHouseCompression.None ? "" : "&decompress=1";

    private string NameOf(TableDescription table) => $"{options.Database}.{table.Name}";

    private string StatementOf(InsertPiece piece, TableDescription table)
    {
        var block = piece.Blocks[0];
        var columns = block.Columns.Concat(block.Optional.Select(column => column.Name).Where(table.Has)).Select(Sql.Quote);
        return $"INSERT INTO {Sql.Quote(options.Database, table.Name)} ({string.Join(", ", columns)}) FORMAT Native";
    }
}
