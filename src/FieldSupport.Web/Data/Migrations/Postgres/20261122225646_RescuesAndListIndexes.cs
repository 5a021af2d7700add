using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace FieldSupport.Web.Data.Migrations.Postgres
{
    /// <inheritdoc />
    public partial class RescuesAndListIndexes : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "IX_Audit_Kind_Key_Sequence",
                table: "Audit");

            migrationBuilder.AddColumn<int>(
                name: "Repeats",
                table: "Messages",
                type: "integer",
                nullable: false,
                defaultValue: 0);

            migrationBuilder.AddColumn<DateTimeOffset>(
                name: "RescueByUtc",
                table: "Deliveries",
                type: "timestamp with time zone",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "RescueOption",
                table: "Deliveries",
                type: "text",
                nullable: true);

            migrationBuilder.CreateIndex(
                name: "IX_Messages_Source_ReceivedAtUtc",
                table: "Messages",
                columns: new[] { "Source", "ReceivedAtUtc" });

            migrationBuilder.CreateIndex(
                name: "IX_Deliveries_Counted",
                table: "Deliveries",
                columns: new[] { "TerritoryCode", "Outlook" },
                filter: "\"IsOpen\" AND \"IsListed\" AND (\"ShipmentId\" IS NOT NULL OR \"OrderId\" IS NOT NULL OR \"Reasons\" <> '')");

            migrationBuilder.CreateIndex(
                name: "IX_Deliveries_FinishedByNeedBy",
                table: "Deliveries",
                columns: new[] { "NeedByUtc", "Number" },
                filter: "NOT (\"IsOpen\")");

            migrationBuilder.CreateIndex(
                name: "IX_Deliveries_Kits",
                table: "Deliveries",
                columns: new[] { "SortRank", "SortSlack", "NeedByUtc", "Number" },
                filter: "\"Kind\" = 'KIT'");

            migrationBuilder.CreateIndex(
                name: "IX_Deliveries_OpenByNeedBy",
                table: "Deliveries",
                columns: new[] { "NeedByUtc", "Number" },
                filter: "\"IsOpen\"");

            migrationBuilder.CreateIndex(
                name: "IX_Deliveries_OpenByTerritoryNeedBy",
                table: "Deliveries",
                columns: new[] { "TerritoryCode", "NeedByUtc", "Number" },
                filter: "\"IsOpen\"");

            migrationBuilder.CreateIndex(
                name: "IX_Deliveries_PromiseBroken",
                table: "Deliveries",
                column: "PromiseBrokenAtUtc",
                filter: "\"PromiseBrokenAtUtc\" IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "IX_Deliveries_Rescue",
                table: "Deliveries",
                column: "RescueByUtc",
                filter: "\"RescueByUtc\" IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "IX_Deliveries_WithReasons",
                table: "Deliveries",
                columns: new[] { "SortRank", "SortSlack", "NeedByUtc", "Number" },
                filter: "\"Reasons\" <> ''");

            migrationBuilder.CreateIndex(
                name: "IX_Audit_Key_Sequence",
                table: "Audit",
                columns: new[] { "Key", "Sequence" });

            migrationBuilder.CreateIndex(
                name: "IX_Audit_Kind_Sequence",
                table: "Audit",
                columns: new[] { "Kind", "Sequence" });

            migrationBuilder.CreateIndex(
                name: "IX_Accounts_Name_Code",
                table: "Accounts",
                columns: new[] { "Name", "Code" },
                unique: true);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "IX_Messages_Source_ReceivedAtUtc",
                table: "Messages");

            migrationBuilder.DropIndex(
                name: "IX_Deliveries_Counted",
                table: "Deliveries");

            migrationBuilder.DropIndex(
                name: "IX_Deliveries_FinishedByNeedBy",
                table: "Deliveries");

            migrationBuilder.DropIndex(
                name: "IX_Deliveries_Kits",
                table: "Deliveries");

            migrationBuilder.DropIndex(
                name: "IX_Deliveries_OpenByNeedBy",
                table: "Deliveries");

            migrationBuilder.DropIndex(
                name: "IX_Deliveries_OpenByTerritoryNeedBy",
                table: "Deliveries");

            migrationBuilder.DropIndex(
                name: "IX_Deliveries_PromiseBroken",
                table: "Deliveries");

            migrationBuilder.DropIndex(
                name: "IX_Deliveries_Rescue",
                table: "Deliveries");

            migrationBuilder.DropIndex(
                name: "IX_Deliveries_WithReasons",
                table: "Deliveries");

            migrationBuilder.DropIndex(
                name: "IX_Audit_Key_Sequence",
                table: "Audit");

            migrationBuilder.DropIndex(
                name: "IX_Audit_Kind_Sequence",
                table: "Audit");

            migrationBuilder.DropIndex(
                name: "IX_Accounts_Name_Code",
                table: "Accounts");

            migrationBuilder.DropColumn(
                name: "Repeats",
                table: "Messages");

            migrationBuilder.DropColumn(
                name: "RescueByUtc",
                table: "Deliveries");

            migrationBuilder.DropColumn(
                name: "RescueOption",
                table: "Deliveries");

            migrationBuilder.CreateIndex(
                name: "IX_Audit_Kind_Key_Sequence",
                table: "Audit",
                columns: new[] { "Kind", "Key", "Sequence" });
        }
    }
}
