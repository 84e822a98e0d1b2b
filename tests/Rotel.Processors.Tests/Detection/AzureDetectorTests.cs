namespace Rotel.Processors.Detection;

public sealed class AzureDetectorTests
{
    [Fact]
    public async Task AppService_IsDescribed()
    {
        using var place = Site();

        var found = await place.FindAsync(ResourceDetector.Azure);

        Assert.Equal(
            [
                "azure.app_service.instance.id=8d2f",
                "azure.resource_group.name=shop-rg",
                "cloud.account.id=0b1f6471-1bf0-4dda-aec3-111122223333",
                "cloud.platform=azure.app_service",
                "cloud.provider=azure",
                "cloud.region=West Europe",
                "cloud.resource_id=/subscriptions/0b1f6471-1bf0-4dda-aec3-111122223333/resourceGroups/shop-rg/providers/Microsoft.Web/sites/shop",
                "deployment.environment.name=staging",
                "service.name=shop",
            ],
            found);
    }

    [Fact]
    public async Task Functions_AreDescribed()
    {
        using var place = Site().Variable("FUNCTIONS_WORKER_RUNTIME", "dotnet-isolated");

        var found = await place.FindAsync(ResourceDetector.Azure);

        // The id of a function's resource differs from function to function, and the conventions allow no other here.
        Assert.Equal(
            [
                "azure.resource_group.name=shop-rg",
                "cloud.account.id=0b1f6471-1bf0-4dda-aec3-111122223333",
                "cloud.platform=azure.functions",
                "cloud.provider=azure",
                "cloud.region=West Europe",
                "deployment.environment.name=staging",
                "faas.instance=8d2f",
                "service.name=shop",
            ],
            found);
    }

    [Theory]
    [InlineData("WEBSITE_POD_NAME")]
    [InlineData("CONTAINER_NAME")]
    public async Task Functions_OnOtherPlans_HaveTheirInstance(string variable)
    {
        using var place = new Place().Variable("FUNCTIONS_EXTENSION_VERSION", "~4").Variable(variable, "instance-7");

        var found = await place.FindAsync(ResourceDetector.Azure);

        Assert.Equal(["cloud.platform=azure.functions", "cloud.provider=azure", "faas.instance=instance-7"], found);
    }

    [Fact]
    public async Task ContainerApp_IsDescribed()
    {
        using var place = App();

        var found = await place.FindAsync(ResourceDetector.Azure);

        Assert.Equal(
            [
                "azure.container_app.instance.id=shop--20mh1s9-86c8c4b497-zx9bq",
                "azure.container_app.revision.name=shop--20mh1s9",
                "cloud.platform=azure.container_apps",
                "cloud.provider=azure",
                "service.name=shop",
            ],
            found);
    }

    [Fact]
    public async Task ContainerAppsJob_IsDescribed()
    {
        using var place = new Place().Variable("CONTAINER_APP_JOB_NAME", "nightly").Variable("CONTAINER_APP_REPLICA_NAME", "nightly-1-x");

        var found = await place.FindAsync(ResourceDetector.Azure);

        Assert.Equal(["cloud.platform=azure.container_apps", "cloud.provider=azure", "service.name=nightly"], found);
    }

    [Fact]
    public async Task Functions_OnContainerApps_AreBoth()
    {
        using var place = App().Variable("FUNCTIONS_WORKER_RUNTIME", "dotnet-isolated");

        var found = await place.FindAsync(ResourceDetector.Azure);

        Assert.Contains("cloud.platform=azure.functions", found);
        Assert.Contains("azure.container_app.revision.name=shop--20mh1s9", found);
        Assert.Contains("service.name=shop", found);
    }

    [Fact]
    public async Task Place_ElsewhereThanAzure_SaysNothing()
    {
        using var place = new Place().Variable("REGION_NAME", "x").Variable("CONTAINER_NAME", "x").Variable("WEBSITE_SITE_NAME", "");

        Assert.Empty(await place.FindAsync(ResourceDetector.Azure));
    }

    private static Place Site() => new Place()
        .Variable("WEBSITE_SITE_NAME", "shop")
        .Variable("WEBSITE_OWNER_NAME", "0b1f6471-1bf0-4dda-aec3-111122223333+shop-rg-WestEuropewebspace")
        .Variable("WEBSITE_RESOURCE_GROUP", "shop-rg")
        .Variable("WEBSITE_SLOT_NAME", "staging")
        .Variable("WEBSITE_INSTANCE_ID", "8d2f")
        .Variable("REGION_NAME", "West Europe");

    private static Place App() => new Place()
        .Variable("CONTAINER_APP_NAME", "shop")
        .Variable("CONTAINER_APP_REVISION", "shop--20mh1s9")
        .Variable("CONTAINER_APP_REPLICA_NAME", "shop--20mh1s9-86c8c4b497-zx9bq");
}
