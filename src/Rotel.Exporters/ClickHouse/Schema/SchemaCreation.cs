using Rotel.Exporters.ClickHouse.Server;

namespace Rotel.Exporters.ClickHouse.Schema;

/// <summary>Runs statements that create tables, one after another.</summary>
internal static class SchemaCreation
{
    /// <summary>The statement that failed, and how.</summary>
    /// <param name="Statement">Its text.</param>
    /// <param name="Answer">What became of it.</param>
    public readonly record struct Failure(string Statement, ServerAnswer Answer);

    /// <summary>
    /// Stops at the first failure and returns it; null when all is there. The database is created when it turns out to be missing, and only
    /// then: not everybody who may create tables may do that.
    /// </summary>
    public static async ValueTask<Failure?> RunAsync(
        ClickHouseClient client, ClickHouseSchema schema, IEnumerable<string> statements, CancellationToken cancellationToken)
    {
        foreach (var statement in statements)
        {
            var answer = await client.ExecuteAsync("wait_end_of_query=1", statement, cancellationToken).ConfigureAwait(false);
            if (answer.Code == ServerErrors.UnknownDatabase)
            {
                answer = await client.ExecuteAsync("wait_end_of_query=1", schema.CreateDatabase, cancellationToken).ConfigureAwait(false);
                if (!answer.IsSuccess)
                    return new(schema.CreateDatabase, answer);
                answer = await client.ExecuteAsync("wait_end_of_query=1", statement, cancellationToken).ConfigureAwait(false);
            }

            if (!answer.IsSuccess)
                return new(statement, answer);
        }

        return null;
    }
}
