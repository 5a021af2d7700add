using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace FieldSupport.Web.Data.Migrations.Sqlite
{
    /// <inheritdoc />
    public partial class LadderOfAMovedVisit : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "IX_WorkItems_ResolvedAtUtc_OpenedAtUtc_Number",
                table: "WorkItems");

            migrationBuilder.DropIndex(
                name: "IX_Rungs_WatchKey_Rung",
                table: "Rungs");

            migrationBuilder.DropIndex(
                name: "IX_Notices_WatchKey_Rung_Recipient",
                table: "Notices");

            migrationBuilder.DropIndex(
                name: "IX_Deliveries_Counted",
                table: "Deliveries");

            migrationBuilder.AddColumn<string>(
                name: "Round",
                table: "Rungs",
                type: "TEXT",
                nullable: false,
                defaultValue: "");

            migrationBuilder.AddColumn<string>(
                name: "Round",
                table: "Notices",
                type: "TEXT",
                nullable: false,
                defaultValue: "");

            migrationBuilder.CreateIndex(
                name: "IX_WorkItems_Open",
                table: "WorkItems",
                columns: new[] { "OpenedAtUtc", "Number" },
                filter: "\"ResolvedAtUtc\" IS NULL");

            migrationBuilder.CreateIndex(
                name: "IX_WorkItems_OpenReasons",
                table: "WorkItems",
                columns: new[] { "Reason", "Source" },
                filter: "\"ResolvedAtUtc\" IS NULL");

            migrationBuilder.CreateIndex(
                name: "IX_WorkItems_ResolvedAtUtc_Number",
                table: "WorkItems",
                columns: new[] { "ResolvedAtUtc", "Number" },
                filter: "\"ResolvedAtUtc\" IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "IX_Rungs_WatchKey_Rung_Round",
                table: "Rungs",
                columns: new[] { "WatchKey", "Rung", "Round" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_Notices_WatchKey_Rung_Recipient_Round",
                table: "Notices",
                columns: new[] { "WatchKey", "Rung", "Recipient", "Round" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_Deliveries_Counted",
                table: "Deliveries",
                columns: new[] { "TerritoryCode", "Outlook", "Kind" },
                filter: "\"IsOpen\" AND \"IsListed\" AND (\"ShipmentId\" IS NOT NULL OR \"OrderId\" IS NOT NULL OR \"Reasons\" <> '')");

            migrationBuilder.CreateIndex(
                name: "IX_Deliveries_FinishedByTerritoryNeedBy",
                table: "Deliveries",
                columns: new[] { "TerritoryCode", "NeedByUtc", "Number" },
                filter: "NOT (\"IsOpen\")");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "IX_WorkItems_Open",
                table: "WorkItems");

            migrationBuilder.DropIndex(
                name: "IX_WorkItems_OpenReasons",
                table: "WorkItems");

            migrationBuilder.DropIndex(
                name: "IX_WorkItems_ResolvedAtUtc_Number",
                table: "WorkItems");

            migrationBuilder.DropIndex(
                name: "IX_Rungs_WatchKey_Rung_Round",
                table: "Rungs");

            migrationBuilder.DropIndex(
                name: "IX_Notices_WatchKey_Rung_Recipient_Round",
                table: "Notices");

            migrationBuilder.DropIndex(
                name: "IX_Deliveries_Counted",
                table: "Deliveries");

            migrationBuilder.DropIndex(
                name: "IX_Deliveries_FinishedByTerritoryNeedBy",
                table: "Deliveries");

            migrationBuilder.DropColumn(
                name: "Round",
                table: "Rungs");

            migrationBuilder.DropColumn(
                name: "Round",
                table: "Notices");

            migrationBuilder.CreateIndex(
                name: "IX_WorkItems_ResolvedAtUtc_OpenedAtUtc_Number",
                table: "WorkItems",
                columns: new[] { "ResolvedAtUtc", "OpenedAtUtc", "Number" });

            migrationBuilder.CreateIndex(
                name: "IX_Rungs_WatchKey_Rung",
                table: "Rungs",
                columns: new[] { "WatchKey", "Rung" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_Notices_WatchKey_Rung_Recipient",
                table: "Notices",
                columns: new[] { "WatchKey", "Rung", "Recipient" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_Deliveries_Counted",
                table: "Deliveries",
                columns: new[] { "TerritoryCode", "Outlook" },
                filter: "\"IsOpen\" AND \"IsListed\" AND (\"ShipmentId\" IS NOT NULL OR \"OrderId\" IS NOT NULL OR \"Reasons\" <> '')");
        }
    }
}
