namespace Rotel.ClickHouse.TestKit.Server;

/// <summary>Where an error stands that came up after a server had begun to answer with 200.</summary>
public enum LateError
{
    /// <summary>In the header <c>X-ClickHouse-Exception-Code</c>, with the text as the body.</summary>
    Header,

    /// <summary>
    /// At the end of the body as <c>Code: 241. DB::Exception: ...</c>, which then ends like any other: servers before 25.11.
    /// </summary>
    Tail,

    /// <summary>
    /// At the end of the body between <c>__exception__</c> marks with the answer's <c>X-ClickHouse-Exception-Tag</c>, after which the
    /// connection closes without the body's last chunk: servers from 25.11 on.
    /// </summary>
    Block,
}
