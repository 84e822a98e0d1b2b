using Rotel.Memory;

namespace Rotel.Processors.Editing;

public sealed class VerdictCacheTests
{
    [Fact]
    public void Verdict_ThatTookTooLong_IsNotRemembered()
    {
        var asked = 0;
        var cache = new VerdictCache<bool>((string _, MatchAllowance _, out bool isDecided) =>
        {
            isDecided = ++asked > 1;
            return !isDecided;
        });
        using var scratch = new EditScratch(new BufferPool(new ByteBudget(1024 * 1024)), TimeProvider.System);

        Assert.True(cache.Get("name"u8, scratch));
        Assert.False(cache.Get("name"u8, scratch));
        Assert.False(cache.Get("name"u8, scratch));
        Assert.Equal(2, asked);
    }
}
